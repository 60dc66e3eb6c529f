using System.Numerics;

namespace Kappa.Lab.Tests.Tasks.Arithmetic;

public sealed class ProblemTests
{
    [Theory]
    [InlineData("addition", true, false, 58, 67, "58+67=", "8+7+0=15;5+6+1=12;>125$")]
    [InlineData("addition", true, true, 58, 67, "85+76=", "8+7+0=15;5+6+1=12;>521$")]
    [InlineData("addition", false, true, 7, 3, "7+3=", ">01$")]
    [InlineData("addition", true, false, 0, 0, "0+0=", "0+0+0=00;>0$")]
    [InlineData("addition", true, false, 99, 1, "99+1=", "9+1+0=10;9+0+1=10;>100$")]
    [InlineData("multiplication", true, false, 12, 45, "12*45=", "12*5=60;12*40=480;60+480=540;>540$")]
    [InlineData("multiplication", true, true, 12, 45, "21*54=", "21*5=06;21*04=084;06+084=045;>045$")]
    [InlineData("multiplication", true, false, 12, 40, "12*40=", "12*0=0;12*40=480;0+480=480;>480$")]
    [InlineData("multiplication", true, false, 9, 0, "9*0=", "9*0=0;>0$")]
    public void Questions_and_solutions_are_written_as_the_documentation_says(
        string operation, bool steps, bool reversed, int left, int right, string question, string solution)
    {
        var writer = new ProblemWriter(Enum.Parse<Operation>(operation, ignoreCase: true), steps, reversed);
        var problem = new Problem(left, right);
        Assert.Equal((question, solution), (writer.Question(problem), writer.Solution(problem)));
        Assert.Equal(writer.Result(problem), ProblemWriter.ResultOf(solution));
        Assert.All(question + solution, character => Assert.Contains(character, ProblemWriter.Characters));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_step_that_is_written_is_true(bool reversed)
    {
        var generator = new Philox(4);
        foreach (var operation in Enum.GetValues<Operation>())
        {
            var writer = new ProblemWriter(operation, true, reversed);
            for (int i = 0; i < 200; i++)
            {
                var problem = Problem.Draw(1 + (i % 9), generator);
                string solution = writer.Solution(problem);
                foreach (string step in solution[..solution.IndexOf('>', StringComparison.Ordinal)].Split(';', StringSplitOptions.RemoveEmptyEntries))
                {
                    string[] sides = step.Split('=');
                    // The columns of a sum are digits, which read the same both ways, and a carry before its digit.
                    bool isTurned = reversed && operation == Operation.Multiplication;
                    BigInteger Number(string text) =>
                        BigInteger.Parse(isTurned ? string.Concat(text.Reverse()) : text, System.Globalization.CultureInfo.InvariantCulture);
                    var value = sides[0].Contains('*', StringComparison.Ordinal)
                        ? sides[0].Split('*').Select(Number).Aggregate(BigInteger.Multiply)
                        : sides[0].Split('+').Select(Number).Aggregate(BigInteger.Add);
                    Assert.Equal(Number(sides[1]), value);
                }
            }
        }
    }

    [Theory]
    [InlineData("1+2=>3", null)]
    [InlineData("3$", null)]
    [InlineData("$>3", null)]
    [InlineData(">$", "")]
    [InlineData("4;>31$>5$", "31")]
    public void A_result_stands_between_its_marks(string written, string? result) => Assert.Equal(result, ProblemWriter.ResultOf(written));

    [Fact]
    public void One_problem_of_eight_is_held_out_whatever_its_digits()
    {
        var generator = new Philox(1);
        foreach (int digits in new[] { 1, 2, 5, 25 })
        {
            var problems = Enumerable.Range(0, 20_000).Select(_ => Problem.Draw(digits, generator)).Distinct().ToArray();
            Assert.All(problems, problem => Assert.Equal(digits, problem.Left.ToString(System.Globalization.CultureInfo.InvariantCulture).Length));
            double expected = problems.Length / 8.0;
            Assert.Equal(expected, problems.Count(problem => problem.IsHeldOut), 5 * Math.Sqrt(expected));
            // Nor does the last digit tell.
            var ending = problems.Where(problem => problem.Right % 10 == 3).ToArray();
            Assert.Equal(ending.Length / 8.0, ending.Count(problem => problem.IsHeldOut), 6 * Math.Sqrt(ending.Length / 8.0));
        }
    }

    [Fact]
    public void Training_and_tests_share_no_problem_and_each_number_of_digits_comes_as_often()
    {
        var training = Exercises.Draw(3000, 1, 3, isHeldOut: false, new Philox(1));
        var tests = Exercises.Draw(300, 1, 3, isHeldOut: true, new Philox(2));
        Assert.Empty(training.Intersect(tests));
        Assert.Equal(1000, training.Count(problem => problem.Left >= 100));
        Assert.Equal(1000, training.Count(problem => problem.Left < 10));
    }
}
