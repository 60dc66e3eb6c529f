using System.Numerics;

namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>How a problem and its solution are written: <c>21+34=</c>, then the steps, and <c>&gt;55$</c>.</summary>
/// <remarks>
/// <para>Steps of a sum are its columns from the last digit on, with the carry that comes in, and the carry and the digit that come out: 58 + 67 is
/// <c>8+7+0=15;5+6+1=12;&gt;125$</c>. Steps of a product are the partial products and their running sum: 12 x 45 is
/// <c>12*5=60;12*40=480;60+480=540;&gt;540$</c>. Reversed, every number has its last digit first, except for carry and digit.</para>
/// <para>In the manner of the scratchpads of Nye and others (2021, arXiv 2112.00114), and Lee and others (2023, arXiv 2307.03381), who also reverse digits.
/// </para>
/// </remarks>
internal sealed class ProblemWriter(Operation operation, bool hasSteps, bool isReversed)
{
    /// <summary>Stands before the result.</summary>
    internal const char ResultMark = '>';

    /// <summary>Ends a solution.</summary>
    internal const char EndMark = '$';

    /// <summary>Every character that problems and solutions have.</summary>
    internal const string Characters = "0123456789+*=;>$";

    /// <summary>What the model is given.</summary>
    internal string Question(Problem problem) => $"{Digits(problem.Left)}{Sign}{Digits(problem.Right)}=";

    /// <summary>What it is to write.</summary>
    internal string Solution(Problem problem) => $"{(hasSteps ? Steps(problem) : "")}{ResultMark}{Result(problem)}{EndMark}";

    /// <summary>The digits that count.</summary>
    internal string Result(Problem problem) => Digits(operation == Operation.Addition ? problem.Left + problem.Right : problem.Left * problem.Right);

    /// <summary>The result that a solution of the model's ends with; null where there is none.</summary>
    internal static string? ResultOf(string solution)
    {
        int start = solution.IndexOf(ResultMark, StringComparison.Ordinal), end = solution.IndexOf(EndMark, StringComparison.Ordinal);
        return start >= 0 && end > start ? solution[(start + 1)..end] : null;
    }

    private char Sign => operation == Operation.Addition ? '+' : '*';

    private string Steps(Problem problem) => operation == Operation.Addition ? Columns(problem) : PartialProducts(problem);

    private static string Columns(Problem problem)
    {
        var (left, right) = (problem.Left, problem.Right);
        var text = new StringBuilder();
        int carry = 0;
        do
        {
            int a = (int)(left % 10), b = (int)(right % 10), sum = a + b + carry;
            _ = text.Append(CultureInfo.InvariantCulture, $"{a}+{b}+{carry}={sum / 10}{sum % 10};");
            (left, right, carry) = (left / 10, right / 10, sum / 10);
        }
        while (left > 0 || right > 0);
        return text.ToString();
    }

    private string PartialProducts(Problem problem)
    {
        var text = new StringBuilder();
        BigInteger sum = 0, place = 1;
        for (var rest = problem.Right; place == 1 || rest > 0; rest /= 10, place *= 10)
        {
            BigInteger factor = rest % 10 * place, part = problem.Left * factor;
            _ = text.Append(CultureInfo.InvariantCulture, $"{Digits(problem.Left)}*{Digits(factor)}={Digits(part)};");
            if (place > 1)
                _ = text.Append(CultureInfo.InvariantCulture, $"{Digits(sum)}+{Digits(part)}={Digits(sum + part)};");
            sum += part;
        }
        return text.ToString();
    }

    private string Digits(BigInteger value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        return isReversed ? string.Concat(text.Reverse()) : text;
    }
}
