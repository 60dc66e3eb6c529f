using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Comparisons, truth values, and choices by them.</summary>
internal static class Logic
{
    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        Compare("Equal", (a, b) => a == b, (a, b) => a.Equal(b));
        Compare("Less", (a, b) => a < b, (a, b) => a.Less(b));
        Compare("LessOrEqual", (a, b) => a <= b, (a, b) => a.LessEqual(b));
        Compare("Greater", (a, b) => a > b, (a, b) => a.Greater(b));
        Compare("GreaterOrEqual", (a, b) => a >= b, (a, b) => a.GreaterEqual(b));
        Join("And", (a, b) => a & b);
        Join("Or", (a, b) => a | b);
        Join("Xor", (a, b) => a ^ b);
        all.Add("Not", node =>
        {
            _ = node.Takes(1, 1);
            return call => [Map(call.Integers(0), value => value == 0 ? 1 : 0)];
        });
        all.Add("Where", node =>
        {
            _ = node.Takes(3, 3);
            return call => [Choice(call)];
        });

        void Compare(string name, Func<long, long, bool> integers, Func<Tensor, Tensor, Tensor> numbers) => all.Add(name, node =>
        {
            _ = node.Takes(2, 2).Ignores("axis", "broadcast");
            return call => [call.Any(0) is Integers a
                ? Zip(a, call.Integers(1), (x, y) => integers(x, y) ? 1 : 0, call, ElementType.Bool)
                : Condition(numbers(call.Tensor(0), call.Tensor(1)))];
        });

        void Join(string name, Func<long, long, long> join) => all.Add(name, node =>
        {
            _ = node.Takes(2, 2).Ignores("axis", "broadcast");
            return call => [Zip(call.Integers(0), call.Integers(1), join, call)];
        });
    }

    internal static Integers Map(Integers x, Func<long, long> function) => new([.. x.Values.Select(function)], x.Shape, x.Type);

    /// <summary>A function of two lists of integers, which broadcast.</summary>
    internal static Integers Zip(Integers a, Integers b, Func<long, long, long> function, OperatorCall call, ElementType? type = null)
    {
        var shape = Broadcasting.Combine(a.Shape, b.Shape, "integers");
        _ = call.Bounded(Array.ConvertAll(shape.ToArray(), length => (long)length));
        var (left, right) = (Spread(a, shape).Values, Spread(b, shape).Values);
        long[] result = new long[shape.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = function(left[i], right[i]);
        return new Integers(result, shape, type ?? a.Type);
    }

    /// <summary>Integers repeated to a shape that they broadcast to.</summary>
    internal static Integers Spread(Integers x, Shape shape)
    {
        if (x.Shape == shape)
            return x;
        long[] result = new long[shape.Count];
        var strides = new int[shape.Rank];
        for (int axis = shape.Rank - 1, own = x.Shape.Rank - 1, stride = 1; own >= 0; axis--, own--)
        {
            strides[axis] = x.Shape[own] == 1 ? 0 : stride;
            stride *= x.Shape[own];
        }

        for (int i = 0; i < result.Length; i++)
        {
            int rest = i, place = 0;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                place += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }

            result[i] = x.Values[place];
        }

        return new Integers(result, shape, x.Type);
    }

    private static Integers Condition(Tensor answers) =>
        new(Array.ConvertAll(answers.ToArray<int>(), answer => (long)answer), answers.Shape, ElementType.Bool);

    private static Value Choice(OperatorCall call)
    {
        var condition = call.Integers(0);
        if (call.Any(1) is not Integers a)
        {
            var answers = Map(condition, value => value != 0 ? 1 : 0).ToTensor();
            return new Numbers(Tensor.Where(answers, call.Tensor(1), call.Tensor(2)));
        }

        var b = call.Integers(2);
        var shape = Broadcasting.Combine(Broadcasting.Combine(a.Shape, b.Shape, "Where"), condition.Shape, "Where");
        _ = call.Bounded(Array.ConvertAll(shape.ToArray(), length => (long)length));
        var (yes, left, right) = (Spread(condition, shape).Values, Spread(a, shape).Values, Spread(b, shape).Values);
        return new Integers([.. yes.Select((answer, i) => answer != 0 ? left[i] : right[i])], shape, a.Type);
    }
}
