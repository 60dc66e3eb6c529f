using System.Text.Json;

namespace Kappa.Lab.Tests.Tasks.Arithmetic;

public sealed class ArithmeticTaskTests
{
    private const string Small = """{ "digits": 1, "beyond": 1, "steps": false, "examples": 80, "problems": 20, "width": 16, "layers": 1, "heads": 2 }""";

    [Fact]
    public void An_untrained_model_has_the_loss_of_equal_chances_and_solves_nothing()
    {
        var task = Prepare(Small);
        var model = task.CreateModel(null, new Philox(0));
        using var scope = TensorScope.Begin();
        double expected = Math.Log(ProblemWriter.Characters.Length);
        Assert.Equal(expected, task.TrainingLoss(model, [0, 5, 5, 79]).ToDouble(), 5);
        Assert.Equal(expected, task.ValidationLoss(model), 5);
        using var quiet = NoGradient.Begin();
        var deployment = task.Deploy(model, CancellationToken.None);
        Assert.Equal((0, 1), (deployment.Metric, deployment.Scalars["unfinished"]));
        Assert.All(deployment.Curves, curve => Assert.Equal([1.0, 2], curve.Horizons));
    }

    [Fact]
    public void The_loss_counts_the_characters_of_the_solution_alone_and_none_of_the_padding()
    {
        var task = Prepare("""{ "digits": 3, "examples": 90, "width": 16, "layers": 1, "heads": 2 }""");
        var model = Scrambled(task);
        using var scope = TensorScope.Begin();
        // By hand: each example by itself, character by character.
        double sum = 0;
        int count = 0;
        foreach (int index in new[] { 0, 1, 2 })
        {
            var problem = Exercises.Draw(90, 1, 3, isHeldOut: false, new Philox(0).Split("training"))[index];
            string question = task.Writer.Question(problem), text = question + task.Writer.Solution(problem);
            int[] tokens = new Alphabet(false).Tokens(text);
            var logits = model.Forward(Tensor.From(tokens, [1, tokens.Length])).ReadOnlyValues<float>();
            for (int place = question.Length; place < tokens.Length; place++)
            {
                var row = logits.Slice((place - 1) * ProblemWriter.Characters.Length, ProblemWriter.Characters.Length).ToArray();
                sum += Math.Log(row.Sum(value => Math.Exp(value))) - row[tokens[place]];
                count++;
            }
        }
        Assert.Equal(sum / count, task.TrainingLoss(model, [0, 1, 2]).ToDouble(), 5);
    }

    [Fact]
    public void After_its_own_characters_only_the_later_ones_count_and_right_ones_change_nothing()
    {
        var task = Prepare("""{ "digits": 2, "examples": 90, "width": 16, "layers": 1, "heads": 2 }""");
        var model = Scrambled(task);
        var alphabet = new Alphabet(false);
        var problems = Exercises.Draw(40, 1, 2, isHeldOut: true, new Philox(0));
        var exercises = Exercises.Of(problems, task.Writer, alphabet);
        int[][] solutions = [.. problems.Select(problem => alphabet.Tokens(task.Writer.Solution(problem)))];
        int shortest = solutions.Min(solution => solution.Length);
        // All solutions are longer than two characters, so that what is written comes back in order.
        Assert.True(shortest > 2);
        var right = exercises.AfterOwn(2, beginnings => [.. beginnings.Select((_, i) => solutions[i][..2])]).Evaluate(model, CancellationToken.None);
        Assert.Equal(solutions.Select(solution => solution.Length - 2), right.IsLikeliest.Select(one => one.Length));
        Assert.Equal(
            exercises.Evaluate(model, CancellationToken.None).IsLikeliest.SelectMany(one => one[2..]), right.IsLikeliest.SelectMany(one => one));
        var wrong = exercises.AfterOwn(2, beginnings => [.. beginnings.Select(_ => new[] { alphabet.End, alphabet.End })]);
        Assert.NotEqual(right.Loss, wrong.Evaluate(model, CancellationToken.None).Loss);
        // Nothing replaced: the same loss, to the bit.
        double loss = exercises.Evaluate(model, CancellationToken.None).Loss;
        Assert.Equal(loss, exercises.Perturbed(0, new Philox(1)).Evaluate(model, CancellationToken.None).Loss);
        Assert.NotEqual(loss, exercises.Perturbed(0.5, new Philox(1)).Evaluate(model, CancellationToken.None).Loss);
        Assert.True(task.UnrolledLoss!(model, CancellationToken.None) > 0);
        Assert.Equal(task.UnrolledLoss!(model, CancellationToken.None), task.UnrolledLoss!(model, CancellationToken.None));
    }

    [Fact]
    public void What_a_model_learns_it_writes_alone_and_results_repeat()
    {
        var task = Prepare(Small);
        Deployment Trained()
        {
            var model = task.CreateModel(null, new Philox(1));
            var optimizer = new AdamW(model.Parameters(), 0.01);
            var order = new Philox(2);
            new TrainingLoop(optimizer, () => task.TrainingLoss(model, [.. Enumerable.Range(0, 32).Select(_ => order.NextInt32(80))]))
                .Run(400, CancellationToken.None);
            using var quiet = NoGradient.Begin();
            return task.Deploy(model, CancellationToken.None);
        }
        var (first, second) = (Trained(), Trained());
        Assert.InRange(first.Metric, 0.5, 1);
        Assert.Equal(0, first.Scalars["unfinished"], 0.2);
        Assert.InRange(first.Scalars["exact match beyond"], 0, 0.5);
        Assert.Equal(first.Metric, second.Metric);
        Assert.Equal(first.Curves.Select(curve => curve.Values), second.Curves.Select(curve => curve.Values));
        // Without steps, the result is the whole solution; one likeliest character after another is right where each is after right ones.
        Assert.Equal(first.Curves[0].Values, first.Curves[1].Values);
    }

    [Fact]
    public void A_model_whose_weights_are_not_finite_solves_nothing_and_that_is_said()
    {
        var task = Prepare(Small);
        var model = task.CreateModel(null, new Philox(1));
        model.Parameters()[0].Tensor.Values<float>()[0] = float.NaN;
        using var quiet = NoGradient.Begin();
        var deployment = task.Deploy(model, CancellationToken.None);
        Assert.Equal((0, 1.0, 1.0), (deployment.Metric, deployment.Scalars["diverged"], deployment.Scalars["unfinished"]));
        Assert.All(deployment.Curves, curve => Assert.All(curve.Values, value => Assert.Equal(0, value)));
        Assert.Equal(double.PositiveInfinity, task.ValidationLoss(model));
    }

    [Fact]
    public void Every_run_goes_on_from_the_same_pretrained_weights_and_they_know_short_problems()
    {
        const string Settings = """
            { "digits": 2, "steps": false, "examples": 500, "problems": 50, "width": 16, "layers": 1, "heads": 2,
              "pretraining": "short-problems", "pretrainingDigits": 1, "pretrainingSteps": 300, "pretrainingRate": 0.01 }
            """;
        var task = Prepare(Settings);
        var (first, second) = (task.CreateModel(null, new Philox(1)), task.CreateModel(null, new Philox(2)));
        foreach (var (one, other) in first.Parameters().Zip(second.Parameters()))
            Assert.Equal(one.Tensor.ToArray<float>(), other.Tensor.ToArray<float>());
        var again = Prepare(Settings).CreateModel(null, new Philox(3));
        Assert.Equal(first.Parameters()[0].Tensor.ToArray<float>(), again.Parameters()[0].Tensor.ToArray<float>());
        using var quiet = NoGradient.Begin();
        // Examples have one digit and two in turn.
        Assert.InRange(task.TrainingLoss(first, [0, 2, 4, 6, 8, 10]).ToDouble(), 0, 0.5);
        Assert.InRange(task.TrainingLoss(first, [1, 3, 5, 7, 9, 11]).ToDouble(), 1, 20);
        Assert.Contains("pretrained on problems of up to 1 digits", Assert.Single(task.Notes).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"width": 10, "heads": 4}""", "task: Heads takes a divisor of the width 10; got 4")]
    [InlineData("""{"digits": 31}""", "task.digits: expected an integer from 1 to 30; got 31")]
    [InlineData("""{"operation": "division"}""", "task.operation: ")]
    [InlineData("""{"pretraining": "short-problems", "digits": 2, "pretrainingDigits": 2}""", "task.pretrainingDigits: expected fewer than digits, which is 2")]
    public void A_fault_is_named_by_its_path_in_the_task(string settings, string message) =>
        Assert.StartsWith(message, Assert.Throws<ConfigException>(() => Prepare(settings)).Message, StringComparison.Ordinal);

    [Fact]
    public void Another_model_is_refused() => Assert.StartsWith(
        "model: arithmetic has a model of its own",
        Assert.Throws<ConfigException>(() => Prepare(Small).CreateModel(new ModelConfig(), new Philox(0))).Message, StringComparison.Ordinal);

    private static Module Scrambled(PreparedArithmetic task)
    {
        var model = task.CreateModel(null, new Philox(0));
        foreach (var parameter in model.Parameters())
            parameter.Tensor.CopyFromInPlace(Tensor.Normal(parameter.Tensor.Shape, new Philox(3).Split(parameter.Name), 0, 0.3));
        return model;
    }

    private static PreparedArithmetic Prepare(string settings)
    {
        using var json = JsonDocument.Parse(settings);
        return (PreparedArithmetic)new ArithmeticTask().Prepare(json.RootElement, null, CancellationToken.None);
    }
}
