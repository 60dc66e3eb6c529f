using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Operators that pick elements: ranges, rows by their index, parts, the largest.</summary>
internal static class Indexing
{
    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        all.Add("Slice", Slice);
        all.Add("Gather", node =>
        {
            int axis = node.Takes(2, 2).Small("axis", 0);
            return call => [call.Any(0) is Integers integers ? Picked(integers, call.Integers(1), axis)
                : new Numbers(Gathered(call.Tensor(0), call.Integers(1), axis))];
        });
        all.Add("Split", Split);
        all.Add("TopK", TopK);
    }

    /// <summary>The place of each element of a shape, which moves as the elements do. Float64 holds them exactly.</summary>
    internal static Tensor Places(Shape shape, int start = 0)
    {
        double[] places = new double[shape.Count];
        for (int i = 0; i < places.Length; i++)
            places[i] = start + i;
        return Tensor.From(places, shape);
    }

    private static Integers Moved(Integers x, Func<Tensor, Tensor> move)
    {
        using var quiet = NoGradient.Begin();
        using var places = Places(x.Shape);
        var moved = move(places);
        return new Integers([.. moved.ReadOnlyValues<double>().ToArray().Select(place => x.Values[(int)place])], moved.Shape, x.Type);
    }

    private static Value Moved(Value x, Func<Tensor, Tensor> move) => x is Integers integers ? Moved(integers, move) : new Numbers(move(((Numbers)x).Tensor));

    private static Operator Slice(NodeReader node)
    {
        bool isOld = node.Opset < 10;
        int[]? oldStarts = isOld ? node.Ints("starts") : null, oldEnds = isOld ? node.Ints("ends") : null, oldAxes = isOld ? node.Ints("axes") : null;
        _ = node.Takes(isOld ? 1 : 3, isOld ? 1 : 5);
        if (isOld && (oldStarts is null || oldEnds is null))
            throw node.Fault("it has no starts or no ends");
        return call =>
        {
            int[] starts = oldStarts ?? call.List(1), ends = oldEnds ?? call.List(2);
            int[] axes = oldAxes ?? (call.Has(3) ? call.List(3) : [.. Enumerable.Range(0, starts.Length)]);
            int[] steps = call.Has(4) ? call.List(4) : [.. Enumerable.Repeat(1, starts.Length)];
            if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
                throw new TensorShapeException($"it has {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and {steps.Length} steps; expected "
                    + $"as many of each");
            return [Moved(call.Any(0), x => Range(x, starts, ends, axes, steps))];
        };
    }

    private static Tensor Range(Tensor x, int[] starts, int[] ends, int[] axes, int[] steps)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = x.Shape.NormalizeAxis(axes[i], "Slice"), length = x.Shape[axis];
            long step = steps[i];
            if (step == 0)
                throw new TensorShapeException("a step of 0 goes nowhere");
            // Ends beyond the axis are its ends; a negative one counts from behind.
            long Bound(long place, long low, long high) => Math.Clamp(place < 0 ? place + length : place, low, high);
            long start = step > 0 ? Bound(starts[i], 0, length) : Bound(starts[i], -1, length - 1);
            long end = step > 0 ? Bound(ends[i], 0, length) : ends[i] <= -length - 1 ? -1 : Bound(ends[i], -1, length - 1);
            long count = Math.Max(0, step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step);
            if (count == 0)
                throw new TensorShapeException($"the range from {starts[i]} to {ends[i]} of axis {axis} of {x.Shape} is empty");
            if (step == 1)
                x = count == length ? x : x.Slice(axis, (int)start, (int)count);
            else
                x = Rows(x, axis, [.. Enumerable.Range(0, (int)count).Select(k => (int)(start + (k * step)))], [(int)count]);
        }

        return x;
    }

    /// <summary>Entries of one axis by their index, whose shape takes the place of the axis.</summary>
    private static Tensor Gathered(Tensor x, Integers indices, int given)
    {
        int axis = x.Shape.NormalizeAxis(given, "Gather"), length = x.Shape[axis];
        int[] rows = indices.Narrow();
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = rows[i] < 0 ? rows[i] + length : rows[i];
            if ((uint)rows[i] >= (uint)length)
                throw new TensorShapeException($"index {indices.Values[i]} at position {i} is outside axis {axis} of {x.Shape}");
        }

        // One entry is a range, through which the units of a network are followed.
        if (rows.Length == 1)
            return x.Slice(axis, rows[0], 1).Reshape([.. x.Shape.ToArray()[..axis], .. indices.Shape.ToArray(), .. x.Shape.ToArray()[(axis + 1)..]]);
        return axis == 0 && indices.Source is { } source && rows.SequenceEqual(source.ReadOnlyValues<int>())
            ? x.Gather(source)
            : Rows(x, axis, rows, indices.Shape.ToArray());
    }

    private static Tensor Rows(Tensor x, int axis, int[] rows, int[] shape)
    {
        var indices = Tensor.From(rows, new Shape(shape));
        if (axis == 0)
            return x.Gather(indices);
        int[] front = [axis, .. Enumerable.Range(0, x.Rank).Where(other => other != axis)];
        var picked = x.Permute(front).Gather(indices);
        // The axes of the indices come first; they go to where the axis was.
        int[] order = [.. Enumerable.Range(shape.Length, axis), .. Enumerable.Range(0, shape.Length), .. Enumerable.Range(shape.Length + axis,
            x.Rank - 1 - axis)];
        return picked.Permute(order);
    }

    private static Integers Picked(Integers x, Integers indices, int axis) => Moved(x, places => Gathered(places, indices, axis));

    private static Operator Split(NodeReader node)
    {
        int given = node.Small("axis", 0), parts = node.OutputCount;
        _ = node.Ignores("num_outputs");
        int[]? old = node.Opset < 13 ? node.Ints("split") : null;
        _ = node.Takes(1, node.Opset < 13 ? 1 : 2);
        return call =>
        {
            var shape = call.Any(0).Shape;
            int axis = shape.NormalizeAxis(given, "Split"), whole = (shape[axis] + parts - 1) / parts;
            int[] sizes = old ?? (call.Has(1) ? call.List(1)
                : [.. Enumerable.Range(0, parts).Select(i => Math.Clamp(shape[axis] - (i * whole), 0, whole))]);
            if (sizes.Length != parts || sizes.Any(size => size < 0) || sizes.Sum(size => (long)size) != shape[axis])
                throw new TensorShapeException($"its parts [{string.Join(", ", sizes)}] are not the {shape[axis]} entries of axis {axis} of {shape} in "
                    + $"{parts} outputs");
            var result = new Value[parts];
            for (int i = 0, start = 0; i < parts; start += sizes[i++])
            {
                int from = start, count = sizes[i];
                result[i] = Moved(call.Any(0), x => x.Slice(axis, from, count));
            }

            return result;
        };
    }

    private static Operator TopK(NodeReader node)
    {
        int given = node.Small("axis", -1), old = node.Opset < 10 ? node.Small("k", 0) : 0;
        bool largest = node.Flag("largest", true);
        if (!node.Flag("sorted", true))
            throw node.Fault("its sorted is 0, so that its results are in no order; expected 1");
        _ = node.Takes(node.Opset < 10 ? 1 : 2, node.Opset < 10 ? 1 : 2).Gives(2);
        return call =>
        {
            var x = call.Tensor(0);
            long k = old > 0 ? old : call.Single(1);
            var (values, places) = x.TopK((int)Math.Clamp(k, -1, int.MaxValue), given, largest);
            return [new Numbers(values), new Integers(Array.ConvertAll(places.ToArray<int>(), place => (long)place), places.Shape)];
        };
    }
}
