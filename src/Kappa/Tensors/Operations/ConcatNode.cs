using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>Tensors laid end to end along one axis.</summary>
internal sealed class ConcatNode(Tensor[] parts, int axis) : GraphNode(parts)
{
    internal override string Name => "Concat";

    internal int Axis => axis;

    internal static Tensor Apply(Tensor[] parts, int axis)
    {
        if (parts.Length == 0)
            throw new TensorShapeException("Concat: expected at least one tensor");
        // A copy, because the caller may go on to change its array.
        parts = [.. parts];
        foreach (var part in parts)
            ArgumentNullException.ThrowIfNull(part, nameof(parts));
        var first = parts[0];
        axis = first.Shape.NormalizeAxis(axis, "Concat");
        long total = 0;
        bool record = false;
        foreach (var part in parts)
        {
            if (part.DataType != first.DataType || part.Rank != first.Rank || part.Shape.With(axis, 0) != first.Shape.With(axis, 0))
            {
                throw new TensorShapeException(
                    $"Concat along axis {axis}: {part.Shape} {part.DataType} does not fit {first.Shape} {first.DataType}; all other axes and the type must "
                    + "agree");
            }

            total += part.Shape[axis];
            record |= Recording.Needed(part);
        }

        if (total > int.MaxValue)
            throw new TensorShapeException($"Concat: axis {axis} would have length {total}; an axis has at most {int.MaxValue}. Lay fewer tensors end to end");
        var result = first.New(first.Shape.With(axis, (int)total));
        int inner = SliceNode.Inner(first.Shape, axis);
        int start = 0;
        foreach (var part in parts)
        {
            int length = part.Shape[axis] * inner;
            result.Backend.CopyBlock(part, 0, length, result, start, result.Shape[axis] * inner, length == 0 ? 0 : part.Count / length, length);
            start += length;
        }

        if (record)
            result.RecordedBy(new ConcatNode(parts, axis));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        int start = 0;
        for (int i = 0; i < InputCount; i++)
        {
            var part = Input(i);
            int length = part.Shape[axis];
            if (pass.Needs(part))
                pass.Add(part, SliceNode.Apply(gradient, axis, start, length));
            start += length;
        }
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var tangents = new Tensor[InputCount];
        for (int i = 0; i < InputCount; i++)
            tangents[i] = pass.Of(Input(i)) ?? Input(i).NewZeros(Input(i).Shape.Prepend(pass.Count));
        var result = Apply(tangents, axis + 1);
        for (int i = 0; i < InputCount; i++)
        {
            if (pass.Of(Input(i)) is null)
                tangents[i].Dispose();
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is null)
            return;
        int start = 0;
        for (int i = 0; i < InputCount; i++)
        {
            int length = Input(i).Shape[axis];
            if (pass.Needs(Input(i)))
                pass.Add(Input(i), SliceNode.Apply(gradientTangent, axis + 1, start, length));
            start += length;
        }
    }
}
