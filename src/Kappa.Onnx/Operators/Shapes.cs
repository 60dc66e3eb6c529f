using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Constants, and what is computed from the lengths of axes.</summary>
internal static class Shapes
{
    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        all.Add("Constant", Constant);
        all.Add("Shape", node =>
        {
            int start = node.Takes(1, 1).Small("start", 0), end = node.Small("end", int.MaxValue);
            return call =>
            {
                int[] lengths = call.Any(0).Shape.ToArray();
                int At(int place) => Math.Clamp(place < 0 ? place + lengths.Length : place, 0, lengths.Length);
                return [Integers.List([.. lengths[At(start)..Math.Max(At(start), At(end))].Select(length => (long)length)])];
            };
        });
        all.Add("Size", node =>
        {
            _ = node.Takes(1, 1);
            return call => [new Integers([call.Any(0).Shape.Count], [])];
        });
        all.Add("Range", Range);
        all.Add("ConstantOfShape", ConstantOfShape);
        all.Add("Expand", node =>
        {
            _ = node.Takes(2, 2);
            return call => [Expanded(call, call.Any(0), call.Integers(1).Values)];
        });
        all.Add("Tile", node =>
        {
            _ = node.Takes(2, 2);
            return call => [Tiled(call, call.Any(0), call.List(1))];
        });
        all.Add("Cast", node => Cast(node, node.Takes(1, 1).Small("to", 0)));
    }

    /// <summary>Repeats axes of length 1, and adds those that are missing.</summary>
    internal static Value Expanded(OperatorCall call, Value value, long[] lengths)
    {
        // A length of 1 keeps that of the value.
        var target = Broadcasting.Combine(value.Shape, call.Bounded(lengths), "Expand");
        _ = call.Bounded(Array.ConvertAll(target.ToArray(), length => (long)length));
        return value switch
        {
            _ when value.Shape == target => value,
            Integers integers => Logic.Spread(integers, target),
            _ => new Numbers(((Numbers)value).Tensor.Expand(target)),
        };
    }

    private static Value Tiled(OperatorCall call, Value value, int[] repeats)
    {
        if (repeats.Length != value.Shape.Rank)
            throw new TensorShapeException($"it has {repeats.Length} repeats; expected one for each axis of {value.Shape}");
        _ = call.Bounded([.. repeats.Select((count, axis) => (long)count * value.Shape[axis])]);
        // Each axis with one more in front of it, which is repeated.
        int[] between = [.. value.Shape.ToArray().SelectMany(length => (int[])[1, length])];
        long[] spread = [.. value.Shape.ToArray().SelectMany((length, axis) => (long[])[repeats[axis], length])];
        return Movement.Reshaped(
            Expanded(call, Movement.Reshaped(value, new Shape(between)), spread), new Shape([.. repeats.Select((count, axis) => count * value.Shape[axis])]));
    }

    private static Operator Constant(NodeReader node)
    {
        _ = node.Takes(0, 0);
        Value value = node.Find("value") is { T: { } tensor } ? node.Read(tensor)
            : node.HasAttribute("value_int") ? new Integers([node.Int("value_int", 0)], [])
            : node.HasAttribute("value_float") ? new Numbers(Tensor.Scalar(node.Number("value_float", 0)))
            : node.Find("value_ints") is { } integers ? Integers.List([.. integers.Ints])
            : node.Find("value_floats") is { Floats.Count: > 0 } floats ? new Numbers(Tensor.From([.. floats.Floats]))
            : throw node.Fault("it has no value that is a number, a list of numbers or a tensor");
        return _ => [value];
    }

    private static Operator Range(NodeReader node)
    {
        _ = node.Takes(3, 3);
        return call =>
        {
            if (call.Any(0) is Integers)
            {
                long start = call.Single(0), limit = call.Single(1), step = call.Single(2);
                if (step == 0)
                    throw new TensorShapeException("a step of 0 goes nowhere");
                Int128 span = (Int128)limit - start;
                long count = (long)Int128.Clamp((span + step - Int128.Sign(step)) / step, 0, long.MaxValue);
                _ = call.Bounded([count]);
                return [Integers.List([.. Enumerable.Range(0, (int)count).Select(i => start + (i * step))])];
            }

            double from = call.Tensor(0).ToDouble(), to = call.Tensor(1).ToDouble(), delta = call.Tensor(2).ToDouble();
            double length = Math.Ceiling((to - from) / delta);
            if (!double.IsFinite(length))
                throw new TensorShapeException($"the range from {from} to {to} by {delta} has no end");
            var shape = call.Bounded([(long)Math.Max(0, length)]);
            return [new Numbers(Tensor.From([.. Enumerable.Range(0, shape.Count).Select(i => from + (i * delta))], shape).To(call.Tensor(0).DataType))];
        };
    }

    private static Operator ConstantOfShape(NodeReader node)
    {
        var value = node.Takes(1, 1).Find("value") is { T: { } tensor } ? node.Read(tensor) : new Numbers(Tensor.Scalar(0));
        if (value.Shape.Count != 1)
            throw node.Fault($"its value is {value.Shape}; expected one element");
        return call => [Expanded(call, Movement.Reshaped(value, []), call.Integers(0).Values)];
    }

    private static Operator Cast(NodeReader node, int to)
    {
        _ = node.Ignores("saturate", "round_mode");
        var type = (ElementType)to;
        if (type.SizeOf() == 0)
            throw node.Fault($"it casts to {ElementTypes.Named(to)}; expected a floating-point type, integers or Bool");
        return call => [call.Any(0) switch
        {
            Numbers { Tensor: var x } when type.IsFloating() => new Numbers(x.Cast(type.Widened())),
            Numbers { Tensor: var x } => new Integers(
                [.. Enumerable.Range(0, x.Count).Select(i => type == ElementType.Bool ? (x.ElementAsDouble(i) != 0 ? 1 : 0) : Truncated(x.ElementAsDouble(i)))],
                x.Shape, type),
            Integers integers when type.IsFloating() => new Numbers(
                Tensor.From(Array.ConvertAll(integers.Values, value => (double)value), integers.Shape).To(type.Widened())),
            Integers integers => new Integers(
                type == ElementType.Bool ? Array.ConvertAll(integers.Values, value => value != 0 ? 1L : 0) : integers.Values, integers.Shape, type),
            var other => throw new TensorShapeException($"it holds {other.Kind}"),
        }];
    }

    private static long Truncated(double value) => double.IsNaN(value) ? 0 : (long)Math.Clamp(value, long.MinValue, long.MaxValue);
}
