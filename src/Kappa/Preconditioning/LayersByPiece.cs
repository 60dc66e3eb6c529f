using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>What pieces of a batch show of the watched layers, as sums: the rows of each layer, then the sums over them, one for layers that saw the same
/// input, and the counts of tokens.</summary>
/// <remarks>Sums are added in double precision, whatever the precision of each: so a piece that single precision does not hold does not change how others are
/// added. Of the symmetric ones a triangle is sent, which takes the bytes of the whole in single precision.</remarks>
internal sealed class LayersByPiece(IReadOnlyList<WeightPreconditioner> layers) : IPieceObserver
{
    // Which sum each layer's is, and its inputs: the same in every piece, since all run the same model.
    private (int Sum, int Inputs)[] _sharing = [];

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<string>> Owners { get; private set; } = [];

    /// <inheritdoc/>
    public void RequireSummable()
    {
        foreach (var layer in layers)
            layer.RequireSummable();
    }

    /// <inheritdoc/>
    public object Suspend() => layers.Select(layer => layer.TakeUses()).ToArray();

    /// <inheritdoc/>
    public void Resume(object gathered)
    {
        foreach (var (layer, uses) in layers.Zip((LayerUses[])gathered))
            layer.PutUses(uses);
    }

    /// <inheritdoc/>
    public List<Tensor> TakeShare()
    {
        using var outside = TensorScope.Suspend();
        var all = (LayerUses[])Suspend();
        var rows = Tensor.From([.. all.Select(uses => (double)uses.Rows)], [all.Length]);
        List<Tensor> share = [rows];
        List<InputSum> sums = [];
        _sharing = new (int, int)[all.Length];
        for (int i = 0; i < all.Length; i++)
        {
            _sharing[i] = (-1, 0);
            if (all[i].Tokens is { } tokens)
            {
                share.Add(Tensor.From(tokens, [tokens.Length]));
                sums.Add(null!);
                _sharing[i] = (sums.Count - 1, 0);
            }
            else if (all[i].Sum is { } sum)
            {
                int index = sums.IndexOf(sum);
                if (index < 0)
                {
                    index = sums.Count;
                    sums.Add(sum);
                    share.Add(sum.Pack());
                }
                _sharing[i] = (index, sum.Products.Shape[0]);
            }
        }

        foreach (var uses in all)
            uses.Sum?.Release();
        Owners = [
            [], .. Enumerable.Range(0, sums.Count).Select(
                sum => (string[])[.. layers.Where((_, i) => _sharing[i].Sum == sum).Select(layer => layer.Parameter.Name)]),
        ];
        return share;
    }

    /// <inheritdoc/>
    public void PutTotal(IReadOnlyList<Tensor> total, Func<string, bool> isOwn)
    {
        var rows = total[0].ReadOnlyValues<double>();
        var sums = new InputSum?[total.Count - 1];
        for (int i = 0; i < layers.Count; i++)
        {
            var (index, inputs) = _sharing[i];
            if (!isOwn(layers[i].Parameter.Name))
            {
                layers[i].PutUses(new LayerUses(0, null, index >= 0 && inputs == 0 ? new double[total[index + 1].Count] : null));
                continue;
            }
            InputSum? sum = null;
            double[]? tokens = null;
            if (index >= 0 && inputs == 0)
                tokens = total[index + 1].ToArray<double>();
            else if (index >= 0)
            {
                sum = sums[index] = sums[index]?.Hold()
                    ?? InputSum.Unpack(total[index + 1].ReadOnlyValues<double>(), inputs, (long)rows[i], layers[i].Parameter.Tensor.Device);
            }

            layers[i].PutUses(new LayerUses((long)rows[i], sum, tokens));
        }

        foreach (var tensor in total)
            tensor.Dispose();
    }

    /// <inheritdoc/>
    public double[] StandingOf(Func<string, bool> isOwn) => layers.All(layer => layer.IsDueAtEachStep)
        ? []
        : [.. layers.Select(layer => isOwn(layer.Parameter.Name) ? layer.Standing : 0)];

    /// <inheritdoc/>
    public void PutStanding(double[] standing, Func<string, bool> isOwn)
    {
        foreach (var (layer, value) in layers.Zip(standing).Where(pair => !isOwn(pair.First.Parameter.Name)))
            layer.Standing = value;
    }
}
