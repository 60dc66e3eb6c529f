using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Derivatives;

/// <content>Picking, moving and summing elements.</content>
public static partial class DerivativeCases
{
    private static IEnumerable<DerivativeCase> Selections()
    {
        foreach (var (shape, axis, k) in ((Shape, int, int)[])[([7], 0, 3), ([3, 5], -1, 2), ([3, 5], 0, 3), ([2, 9, 3], 1, 1), ([4], 0, 0), ([2, 40], 1, 30)])
        {
            foreach (bool largest in (bool[])[true, false])
            {
                yield return new($"TopK {shape} {axis} {k} {largest}", nameof(Tensor.TopK), [shape], x => x[0].TopK(k, axis, largest).Values)
                    { Domain = Domain.Distinct };
            }
        }

        foreach (Shape shape in Anywhere)
        {
            yield return new($"Clip {shape}", nameof(Tensor.Clip), [shape], x => x[0].Clip(-0.73, 0.91));
            yield return new($"Where {shape}", nameof(Tensor.Where), [shape, shape], x => Tensor.Where(x[0].Greater(0.1), 2.0 * x[0], x[1]));
        }

        foreach (var (a, b) in Broadcasts)
        {
            yield return new($"Maximum {a} {b}", nameof(Tensor.Maximum), [a, b], x => x[0].Maximum(x[1]));
            yield return new($"Minimum {a} {b}", nameof(Tensor.Minimum), [a, b], x => x[0].Minimum(x[1]));
        }

        yield return new("Maximum of numbers and themselves", nameof(Tensor.Maximum), [[3]], x => x[0].Maximum(x[0]));
        yield return new("Where of a row of questions", nameof(Tensor.Where), [[2, 1], [3]],
            x => Tensor.Where(Tensor.From(1, 0, 1).To(x[0].Device), x[0], x[1]));
        yield return new("Where of a column of questions", nameof(Tensor.Where), [[], [2, 3]],
            x => Tensor.Where(Tensor.From([1, 0], [2, 1]).To(x[0].Device), x[0], x[1]));
        foreach (var (shape, axis) in ((Shape, int)[])[([7], 0), ([3, 5], 0), ([3, 5], -1), ([2, 3, 4], 1), ([1], 0), ([0], 0), ([2, 0, 3], 2)])
            yield return new($"Cumsum {shape} {axis}", nameof(Tensor.Cumsum), [shape], x => x[0].Cumsum(axis));
    }

    private static IEnumerable<DerivativeCase> Rearrangements()
    {
        foreach (var (shape, axes) in ((Shape, int[])[])[([], []), ([3], [0]), ([2, 3], [1, 0]), ([2, 3, 4], [2, 0, 1]), ([2, 3, 4], [0, 2, 1]),
            ([2, 3, 4, 2], [0, 2, 1, 3]),
            ([2, 3, 4], [-1, 1, 0]), ([2, 0, 3], [2, 1, 0]), ([1, 4, 1], [1, 0, 2])])
        {
            yield return new($"Permute {shape} by {string.Join(' ', axes)}", nameof(Tensor.Permute), [shape], x => x[0].Permute(axes));
        }

        foreach (var (from, to) in ((Shape, Shape)[])[([], [3]), ([3], [3]), ([3], [2, 3]), ([2, 1], [2, 4]), ([2, 1, 3], [2, 2, 4, 3]),
            ([1], [0]), ([0, 1], [2, 0, 3])])
        {
            yield return new($"Expand {from} {to}", nameof(Tensor.Expand), [from], x => x[0].Expand(to));
        }

        foreach (var (shape, axis, before, after) in ((Shape, int, int, int)[])[([3], 0, 2, 1), ([2, 3], 1, 0, 2), ([2, 3], 0, 1, 0), ([2, 3], -1, 0, 0),
            ([0, 2], 0, 1, 1)])
        {
            yield return new($"Pad {shape} {axis} {before} {after}", nameof(Tensor.Pad), [shape], x => x[0].Pad(axis, before, after, 0.5));
        }

        yield return new("Pad on all sides", nameof(Tensor.Pad), [[2, 3]], x => x[0].Pad([(1, 2), (0, 1)]));
        yield return new("Pad by nothing", nameof(Tensor.Pad), [[2, 3]], x => x[0].Pad([(0, 0), (0, 0)]));
        foreach (int axis in (int[])[0, 1, 2, -1])
            yield return new($"Stack {axis}", nameof(Tensor.Stack), [[2, 3], [2, 3]], x => Tensor.Stack(axis, x[0], x[1], 2.0 * x[0]));
        yield return new("Stack of scalars", nameof(Tensor.Stack), [[], []], x => Tensor.Stack(0, x));
        foreach (int part in (int[])[0, 1, 2])
            yield return new($"Split, part {part}", nameof(Tensor.Split), [[2, 5]], x => x[0].Split(1, 2, 0, 3)[part]);
    }

    private static IEnumerable<DerivativeCase> Contractions()
    {
        foreach (var (batch, m, k, n) in ((int, int, int, int)[])[(1, 1, 1, 1), (3, 2, 4, 5), (2, 5, 1, 3), (0, 2, 3, 4), (2, 3, 0, 2), (2, 0, 3, 2)])
        {
            foreach (bool transposeA in (bool[])[false, true])
            {
                foreach (bool transposeB in (bool[])[false, true])
                {
                    Shape a = transposeA ? [batch, k, m] : [batch, m, k], b = transposeB ? [batch, n, k] : [batch, k, n];
                    yield return new($"BatchMatMul {a}{(transposeA ? "T" : "")} {b}{(transposeB ? "T" : "")}", nameof(Tensor.BatchMatMul), [a, b],
                        x => x[0].BatchMatMul(x[1], transposeA, transposeB))
                    {
                        Decomposition = batch == 0 ? null : x => Tensor.Stack(0, [.. Enumerable.Range(0, batch).Select(i =>
                            x[0].Slice(0, i, 1).Reshape([a[1], a[2]]).MatMul(x[1].Slice(0, i, 1).Reshape([b[1], b[2]]), transposeA, transposeB))]),
                    };
                }
            }
        }

        yield return new("BatchMatMul with itself", nameof(Tensor.BatchMatMul), [[2, 3, 3]], x => x[0].BatchMatMul(x[0], transposeB: true));
        foreach (var (equation, shapes) in ((string, Shape[])[])
        [
            ("ij,jk->ik", [[2, 3], [3, 4]]), ("ij,jk", [[2, 3], [3, 4]]), ("ij->ji", [[2, 3]]), ("ij->", [[2, 3]]), ("ij->j", [[2, 3]]), ("ij->ij", [[2, 3]]),
            ("i,i->", [[4], [4]]), ("i,j->ij", [[2], [3]]), ("i,i->i", [[4], [4]]), ("bij,bjk->bik", [[2, 3, 4], [2, 4, 2]]),
            ("bij,bkj->ikb", [[2, 3, 4], [2, 2, 4]]),
            ("bqhd,bkhd->bhqk", [[2, 3, 2, 4], [2, 2, 2, 4]]), ("ij,jk,kl->il", [[2, 3], [3, 2], [2, 4]]), ("bi,bi->b", [[3, 4], [3, 4]]),
            ("ij,kl->ik", [[2, 3], [2, 2]]), ("i,ij,j->", [[2], [2, 3], [3]]), ("a b, b -> a", [[2, 3], [3]]), (",i->i", [[], [3]]),
            ("ij,jk->ik", [[2, 0], [0, 3]]), ("bij,bjk->bik", [[0, 3, 4], [0, 4, 2]]),
        ])
        {
            yield return new($"Einsum {equation} of {string.Join(' ', shapes)}", nameof(Tensor.Einsum), shapes, x => Tensor.Einsum(equation, x))
            {
                Decomposition = x => PlainEinsum(equation, x),
            };
        }
    }

    /// <summary>By the definition: all operands laid out over all axes, multiplied and summed.</summary>
    private static Tensor PlainEinsum(string equation, Tensor[] operands)
    {
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] inputs = sides[0].Split(',');
        string output = sides.Length > 1 ? sides[1] : string.Concat(string.Concat(inputs).Where(label => sides[0].Count(other => other == label) == 1).Order());
        string all = output + string.Concat(string.Concat(inputs).Distinct().Where(label => !output.Contains(label, StringComparison.Ordinal)));
        var product = Enumerable.Range(0, operands.Length).Select(i =>
        {
            var (labels, x) = (inputs[i], operands[i]);
            string present = string.Concat(all.Where(label => labels.Contains(label, StringComparison.Ordinal)));
            x = x.Permute([.. present.Select(label => labels.IndexOf(label, StringComparison.Ordinal))]);
            return x.Reshape([.. all.Select(label => labels.IndexOf(label, StringComparison.Ordinal) is var at and >= 0 ? operands[i].Shape[at] : 1)]);
        }).Aggregate((a, b) => a * b);
        for (int axis = all.Length - 1; axis >= output.Length; axis--)
            product = product.Sum(axis);
        return product;
    }
}
