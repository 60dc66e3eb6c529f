using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Sums, products and powers, with broadcasting.</summary>
internal static class Arithmetic
{
    private const int LargestWholePower = 8;

    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        Binary("Add", (a, b) => a + b, (a, b) => a + b, (x, c) => x + c, (c, x) => x + c);
        Binary("Sub", (a, b) => a - b, (a, b) => a - b, (x, c) => x - c, (c, x) => -x + c);
        Binary("Mul", (a, b) => a * b, (a, b) => a * b, (x, c) => x * c, (c, x) => x * c);
        Binary("Div", (a, b) => a / b, Quotient, (x, c) => x / c, (c, x) => x.Reciprocal() * c);
        all.Add("Neg", node =>
        {
            _ = node.Takes(1, 1);
            return call => [call.Any(0) is Integers integers ? Logic.Map(integers, value => -value) : new Numbers(-call.Tensor(0))];
        });
        all.Add("Pow", Power);
        Many("Max", (a, b) => a.Maximum(b), Math.Max, 1);
        Many("Min", (a, b) => a.Minimum(b), Math.Min, 1);
        Many("Sum", (a, b) => a + b, (a, b) => a + b, 1);
        all.Add("Mean", node =>
        {
            double count = node.Takes(1, int.MaxValue).InputCount;
            return call => [new Numbers(Fold(call, (a, b) => a + b) / count)];
        });

        void Binary(
            string name, Func<Tensor, Tensor, Tensor> numbers, Func<long, long, long> integers, Func<Tensor, double, Tensor> right,
            Func<double, Tensor, Tensor> left) => all.Add(name, node =>
        {
            _ = node.Takes(2, 2).Ignores("axis", "broadcast", "consumed_inputs");
            var (first, second) = (node.KnownNumber(0), node.KnownNumber(1));
            return call =>
            {
                if (call.Any(0) is Integers a && call.Any(1) is Integers b)
                    return [Logic.Zip(a, b, integers, call)];
                // A number of one axis would add an axis to a scalar.
                if (second is { } c && call.Tensor(0).Rank >= call.Any(1).Shape.Rank)
                    return [new Numbers(right(call.Tensor(0), c))];
                if (first is { } d && call.Tensor(1).Rank >= call.Any(0).Shape.Rank)
                    return [new Numbers(left(d, call.Tensor(1)))];
                return [new Numbers(numbers(call.Tensor(0), call.Tensor(1)))];
            };
        });

        void Many(string name, Func<Tensor, Tensor, Tensor> numbers, Func<long, long, long> integers, int least) => all.Add(name, node =>
        {
            _ = node.Takes(least, int.MaxValue);
            return call => [call.Any(0) is Integers first
                ? call.Inputs.Skip(1).Index().Aggregate(first, (sum, next) => Logic.Zip(sum, call.Integers(next.Index + 1), integers, call))
                : new Numbers(Fold(call, numbers))];
        });
    }

    private static Tensor Fold(OperatorCall call, Func<Tensor, Tensor, Tensor> join)
    {
        var result = call.Tensor(0);
        for (int i = 1; i < call.Inputs.Length; i++)
            result = join(result, call.Tensor(i));
        return result;
    }

    private static long Quotient(long a, long b) => b switch
    {
        0 => throw new TensorShapeException("an integer is divided by zero"),
        -1 => unchecked(-a),
        _ => a / b,
    };

    private static Operator Power(NodeReader node)
    {
        double? exponent = node.Takes(2, 2).Known(1) switch
        {
            Numbers => node.KnownNumber(1),
            Integers { Values: [var value] } => value,
            _ => null,
        };
        return call =>
        {
            if (call.Any(0) is Integers a && call.Any(1) is Integers b)
                return [Logic.Zip(a, b, WholePower, call)];
            var x = call.Tensor(0);
            return [new Numbers(exponent is { } known ? Of(x, known) : (x.Log() * call.Tensor(1)).Exp())];
        };
    }

    private static Tensor Of(Tensor x, double exponent) => exponent switch
    {
        0.5 => x.Sqrt(),
        -0.5 => x.Sqrt().Reciprocal(),
        0 => (x * 0) + 1,
        2 => x.Square(),
        -1 => x.Reciprocal(),
        > 0 and <= LargestWholePower when exponent == Math.Floor(exponent) => Whole(x, (int)exponent),
        // Of a negative number there is no such power: NaN, as the format has it.
        _ => (x.Log() * exponent).Exp(),
    };

    private static Tensor Whole(Tensor x, int exponent)
    {
        var result = x;
        for (int i = 1; i < exponent; i++)
            result *= x;
        return result;
    }

    private static long WholePower(long a, long b)
    {
        long result = 1;
        for (long i = 0; i < Math.Min(b, 64); i++)
            result = unchecked(result * a);
        return result;
    }
}
