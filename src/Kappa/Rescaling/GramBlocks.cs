using Kappa.Tensors;
using Kappa.Units;

namespace Kappa.Rescaling;

/// <summary>Collects the diagonal of G, or other positive numbers on the parameters, as blocks over units.</summary>
internal sealed class GramBlocks(UnitWalk walk, UnitIndex units) : IGramSink
{
    private readonly Dictionary<Tensor, ParameterUse> _uses = walk.Uses.ToDictionary(use => use.Tensor);
    private readonly Dictionary<Tensor, (double[] Delta, double[] X, int Exponent)> _products = [];
    private readonly Dictionary<Tensor, Scaled> _sums = [];
    private readonly HashSet<Tensor> _seen = [];

    public void AddProduct(Tensor parameter, Tensor delta, Tensor x, int exponent)
    {
        _ = _seen.Add(parameter);
        if (_uses[parameter] is { IsTransposed: false } && !_products.ContainsKey(parameter) && !_sums.ContainsKey(parameter))
        {
            _products.Add(parameter, (delta.ToArray<double>(), x.ToArray<double>(), exponent));
            return;
        }

        // A weight that is used again is no longer of rank one.
        if (_products.Remove(parameter, out var first))
        {
            Accumulate(parameter,
                Scaled.Of(Tensor.From(first.Delta, [first.Delta.Length, 1]).MatMul(Tensor.From(first.X, [1, first.X.Length])), first.Exponent));
        }

        Accumulate(parameter, Scaled.Of(delta.MatMul(x, transposeA: true), exponent));
    }

    public void Add(Tensor parameter, Scaled share)
    {
        _ = _seen.Add(parameter);
        if (_products.Remove(parameter, out var first))
        {
            Accumulate(parameter,
                Scaled.Of(Tensor.From(first.Delta, [first.Delta.Length, 1]).MatMul(Tensor.From(first.X, [1, first.X.Length])), first.Exponent));
        }

        if (!_uses.TryGetValue(parameter, out var use) || !use.Counts)
        {
            Accumulate(parameter, new Scaled(share.Values.Sum().Reshape([1]), share.Exponent));
            return;
        }

        // Given back at once: it shares the memory of the whole gradient.
        using var flat = share.Values.Reshape(use.IsTransposed ? [use.Leave.Length, use.Outputs] : [use.Outputs * use.Inputs, use.Kernel]);
        using var sums = use.IsTransposed ? flat.Transpose() : flat.Sum(1);
        Accumulate(parameter, new Scaled(sums, share.Exponent));
    }

    public void AddRows(Tensor parameter, IEnumerable<Tensor> rows, int exponent)
    {
        if (!_uses.TryGetValue(parameter, out var use) || !use.Counts || use.IsTransposed || use.Outputs != parameter.Shape[0]
            || _products.ContainsKey(parameter))
        {
            using var share = Scaled.Join(parameter.Shape, rows);
            Add(parameter, Scaled.Of(share, exponent));
            return;
        }

        // Only the sums over the kernels are kept, so that the whole gradient is never in memory.
        _ = _seen.Add(parameter);
        using var outside = TensorScope.Suspend();
        var sums = Scaled.Of(Scaled.Join([use.Outputs * use.Inputs], OverKernels(rows, use.Kernel)), exponent);
        if (_sums.TryAdd(parameter, sums))
            return;
        Accumulate(parameter, sums);
        sums.Values.Dispose();
    }

    /// <summary>The problem of everything that was added. Once: it takes over the sums.</summary>
    internal UnitProblem Build()
    {
        int exponent = _products.Values.Select(product => product.Exponent)
            .Concat(_sums.Values.Where(sum => !sum.IsZero).Select(sum => sum.Exponent)).DefaultIfEmpty(0).Max();
        var blocks = new List<UnitBlock>();
        double constant = 0;
        foreach (var (parameter, product) in _products)
        {
            var use = _uses[parameter];
            var block = new RankOneBlock(product.Delta, product.X, units.Of(use.Enter), units.Of(use.Leave));
            block.Shift(product.Exponent - exponent);
            blocks.Add(block);
        }

        foreach (var (parameter, sum) in _sums)
        {
            var values = sum.Values;
            Scaled.Shift(values, sum.Exponent - exponent);
            if (_uses.TryGetValue(parameter, out var use) && use.Counts)
                blocks.Add(Block(values, units.Of(use.Enter), units.Of(use.Leave), use.Groups));
            else
                constant += values.Sum().ToDouble();
        }

        // The blocks have them now.
        _sums.Clear();
        var (incoming, outgoing) = Count();
        return new UnitProblem(units.Count, [.. blocks], constant, exponent, _seen.Sum(parameter => (long)parameter.Count), incoming, outgoing);
    }

    private static IEnumerable<Tensor> OverKernels(IEnumerable<Tensor> rows, int kernel)
    {
        foreach (var some in rows)
        {
            using var flat = some.Reshape([some.Count / kernel, kernel]);
            using var sums = flat.Sum(1);
            yield return sums;
        }
    }

    private static UnitBlock Block(Tensor values, int[] enter, int[] leave, int groups) =>
        enter.Length == leave.Length && groups == enter.Length
            ? new VectorBlock(values.ToArray<double>(), enter, leave)
            : new DenseBlock(values, enter, leave, groups);

    private void Accumulate(Tensor parameter, Scaled share)
    {
        using var outside = TensorScope.Suspend();
        _sums[parameter] = _sums.TryGetValue(parameter, out var other) ? other + share : share with { Values = share.Values.Clone() };
    }

    /// <summary>How many parameters enter and leave each unit; one that does both counts as neither.</summary>
    private (long[] Incoming, long[] Outgoing) Count()
    {
        long[] incoming = new long[units.Count + 1], outgoing = new long[units.Count + 1];
        foreach (var use in _uses.Values.Where(use => use.Counts && _seen.Contains(use.Tensor)))
        {
            int[] enter = units.Of(use.Enter), leave = units.Of(use.Leave);
            bool meetsItself = enter.Intersect(leave).Any(unit => unit != 0);
            if (!meetsItself)
            {
                // Each row has the same number of elements, and so has each column.
                foreach (int unit in enter)
                    incoming[unit] += (long)use.Inputs * use.Kernel;
                foreach (int unit in leave)
                    outgoing[unit] += (long)use.Outputs / use.Groups * use.Kernel;
                continue;
            }

            for (int o = 0; o < enter.Length; o++)
            {
                int first = use.FirstInput(o);
                for (int i = first; i < first + use.Inputs; i++)
                {
                    if (enter[o] == leave[i])
                        continue;
                    incoming[enter[o]] += use.Kernel;
                    outgoing[leave[i]] += use.Kernel;
                }
            }
        }

        return (incoming, outgoing);
    }
}
