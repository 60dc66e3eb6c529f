using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Operators that move elements and leave them as they are.</summary>
internal static class Movement
{
    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        all.Add("Identity", node =>
        {
            _ = node.Takes(1, 1);
            return call => [call.Any(0)];
        });
        all.Add("Reshape", Reshape);
        all.Add("Flatten", node =>
        {
            int given = node.Takes(1, 1).Small("axis", 1);
            return call =>
            {
                int[] lengths = call.Any(0).Shape.ToArray();
                int axis = given == lengths.Length ? given : call.Any(0).Shape.NormalizeAxis(given, "Flatten");
                return [Reshaped(call.Any(0), [new Shape(lengths[..axis]).Count, new Shape(lengths[axis..]).Count])];
            };
        });
        all.Add("Squeeze", node => Axes(node, Squeezed));
        all.Add("Unsqueeze", node => Axes(node, (shape, axes) => Unsqueezed(shape, axes ?? throw node.Fault("it has no axes"))));
        all.Add("Transpose", node =>
        {
            int[]? order = node.Takes(1, 1).Ints("perm");
            return call =>
            {
                int[] axes = order ?? [.. Enumerable.Range(0, call.Any(0).Shape.Rank).Reverse()];
                return [call.Any(0) is Integers integers ? Permuted(integers, axes) : new Numbers(Permuted(call.Tensor(0), axes))];
            };
        });
        all.Add("Concat", node =>
        {
            int axis = node.Takes(1, int.MaxValue).Small("axis", 1);
            return call => [call.Any(0) is Integers ? Joined(call, axis) : new Numbers(
                Tensor.Concat(axis, [.. Enumerable.Range(0, call.Inputs.Length).Select(call.Tensor)]))];
        });
        all.Add("Pad", Pad);
    }

    /// <summary>The same elements under another shape.</summary>
    internal static Value Reshaped(Value value, Shape shape)
    {
        if (value.Shape.Count != shape.Count)
            throw new TensorShapeException($"{value.Shape} has {value.Shape.Count} elements; {shape} has {shape.Count}");
        return value is Integers integers ? new Integers(integers.Values, shape, integers.Type) : new Numbers(((Numbers)value).Tensor.Reshape(shape));
    }

    /// <summary>The axes in another order.</summary>
    internal static Tensor Permuted(Tensor x, int[] order)
    {
        if (order.Index().All(entry => entry.Index == entry.Item) && order.Length == x.Rank)
            return x;
        // The last two exchanged are an operation of their own, through which the units of a network are followed.
        bool isTransposition = x.Rank >= 2 && order.SequenceEqual([.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);
        return isTransposition ? x.Transpose() : x.Permute(order);
    }

    /// <summary>The order of axes that exchanges one with the last; its own inverse.</summary>
    internal static int[] LastIs(int axis, int rank)
    {
        int[] order = [.. Enumerable.Range(0, rank)];
        (order[axis], order[rank - 1]) = (order[rank - 1], order[axis]);
        return order;
    }

    private static Operator Reshape(NodeReader node)
    {
        bool zeroIsZero = node.Flag("allowzero", false);
        int[]? old = node.Opset < 5 ? node.Ints("shape") : null;
        _ = node.Takes(old is null ? 2 : 1, 2);
        return call =>
        {
            int[] target = old ?? call.List(1);
            var x = call.Any(0);
            int[] lengths = [.. target];
            for (int i = 0; i < lengths.Length; i++)
            {
                if (lengths[i] == 0 && !zeroIsZero)
                    lengths[i] = i < x.Shape.Rank ? x.Shape[i] : throw new TensorShapeException($"axis {i} is to be as long as that of the input, which is "
                        + $"{x.Shape}");
            }

            int open = Array.IndexOf(lengths, -1);
            if (open >= 0)
            {
                long rest = lengths.Where(length => length != -1).Aggregate(1L, (product, length) => product * length);
                if (rest <= 0 || x.Shape.Count % rest != 0)
                    throw new TensorShapeException($"the elements of {x.Shape} do not fit into [{string.Join(", ", target)}]");
                lengths[open] = (int)(x.Shape.Count / rest);
            }

            return [Reshaped(x, new Shape(lengths))];
        };
    }

    private static Operator Axes(NodeReader node, Func<Shape, int[]?, Shape> change)
    {
        int[]? old = node.Opset < 13 ? node.Ints("axes") : null;
        _ = node.Takes(1, node.Opset < 13 ? 1 : 2);
        return call => [Reshaped(call.Any(0), change(call.Any(0).Shape, old ?? (call.Has(1) ? call.List(1) : null)))];
    }

    private static Shape Squeezed(Shape shape, int[]? axes)
    {
        var gone = (axes ?? [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] == 1)]).Select(axis => shape.NormalizeAxis(axis, "Squeeze"))
            .ToHashSet();
        if (gone.FirstOrDefault(axis => shape[axis] != 1, -1) is >= 0 and var wrong)
            throw new TensorShapeException($"axis {wrong} of {shape} has length {shape[wrong]}; an axis that is left out has length 1");
        return new Shape([.. Enumerable.Range(0, shape.Rank).Where(axis => !gone.Contains(axis)).Select(axis => shape[axis])]);
    }

    private static Shape Unsqueezed(Shape shape, int[] axes)
    {
        int rank = shape.Rank + axes.Length;
        if (rank >= Shape.MaxRank)
            throw new TensorShapeException($"{shape} would have {rank} axes; expected at most {Shape.MaxRank - 1}");
        var added = axes.Select(axis => axis < 0 ? axis + rank : axis).ToHashSet();
        if (added.Count != axes.Length || added.Any(axis => axis < 0 || axis >= rank))
            throw new TensorShapeException($"its axes are [{string.Join(", ", axes)}]; expected different ones from {-rank} to {rank - 1}");
        using var lengths = ((IEnumerable<int>)shape.ToArray()).GetEnumerator();
        return new Shape([.. Enumerable.Range(0, rank).Select(axis => added.Contains(axis) ? 1 : lengths.MoveNext() ? lengths.Current : 1)]);
    }

    private static Integers Permuted(Integers x, int[] order)
    {
        using var places = Indexing.Places(x.Shape);
        using var moved = Permuted(places, order);
        return new Integers([.. moved.ReadOnlyValues<double>().ToArray().Select(place => x.Values[(int)place])], moved.Shape, x.Type);
    }

    private static Integers Joined(OperatorCall call, int axis)
    {
        var parts = Enumerable.Range(0, call.Inputs.Length).Select(call.Integers).Where(part => part.Shape.Count > 0).ToArray();
        if (parts.Length == 0)
            return call.Integers(0);
        // The places of all elements in one list, moved by the same operation as numbers are.
        long[] all = [.. parts.SelectMany(part => part.Values)];
        int start = 0;
        var places = new Tensor[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            places[i] = Indexing.Places(parts[i].Shape, start);
            start += parts[i].Shape.Count;
        }

        using var joined = Tensor.Concat(axis, places);
        return new Integers([.. joined.ReadOnlyValues<double>().ToArray().Select(place => all[(int)place])], joined.Shape, parts[0].Type);
    }

    private static Operator Pad(NodeReader node)
    {
        string mode = node.Text("mode", "constant");
        if (mode != "constant")
            throw node.Fault($"its mode is {OnnxException.Quote(mode)}; Kappa pads with a constant");
        int[]? old = node.Opset < 11 ? node.Ints("pads") : null;
        double value = node.Opset < 11 ? node.Number("value", 0) : 0;
        _ = node.Takes(old is null ? 2 : 1, 4);
        return call =>
        {
            var x = call.Tensor(0);
            int[] pads = old ?? call.List(1);
            int[] axes = call.Has(3) ? [.. call.List(3).Select(axis => x.Shape.NormalizeAxis(axis, "Pad"))] : [.. Enumerable.Range(0, x.Rank)];
            if (pads.Length != 2 * axes.Length)
                throw new TensorShapeException($"its pads has {pads.Length} lengths; expected {2 * axes.Length}");
            double filling = call.Has(2) ? call.Tensor(2).ToDouble() : value;
            foreach (var (i, axis) in axes.Index())
            {
                var (before, after) = (pads[i], pads[axes.Length + i]);
                // A negative one takes elements away.
                if (before < 0 || after < 0)
                    x = x.Slice(axis, Math.Max(0, -before), x.Shape[axis] - Math.Max(0, -before) - Math.Max(0, -after));
                if (before > 0 || after > 0)
                    x = x.Pad(axis, Math.Max(0, before), Math.Max(0, after), filling);
            }

            return [new Numbers(x)];
        };
    }
}
