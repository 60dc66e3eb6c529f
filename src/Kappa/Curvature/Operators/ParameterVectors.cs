using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>Between rows of all parameters, <c>[K, N]</c>, and a tensor for each parameter, <c>[K, ...]</c>.</summary>
internal static class ParameterVectors
{
    internal static Tensor[] Split(Tensor rows, IReadOnlyList<Tensor> leaves)
    {
        Tensor[] parts = [.. leaves.Select(leaf => leaf.New(leaf.Shape.Prepend(rows.Shape[0])))];
        SplitInto(rows, parts);
        return parts;
    }

    internal static void SplitInto(Tensor rows, Tensor[] parts)
    {
        int count = rows.Shape[0], width = rows.Shape[1], start = 0;
        foreach (var part in parts)
        {
            int length = part.Count / count;
            part.Backend.CopyBlock(rows, start, width, part, 0, length, count, length);
            start += length;
        }
    }

    internal static void Join(IReadOnlyList<Tensor> parts, Tensor rows)
    {
        int count = rows.Shape[0], width = rows.Shape[1], start = 0;
        foreach (var part in parts)
        {
            int length = part.Count / count;
            rows.Backend.CopyBlock(part, 0, length, rows, start, width, count, length);
            start += length;
        }
    }
}
