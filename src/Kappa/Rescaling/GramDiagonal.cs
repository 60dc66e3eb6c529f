using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Rescaling;

/// <summary>Collects the diagonal of G, one tensor for each parameter.</summary>
internal sealed class GramDiagonal : IGramSink
{
    private readonly Dictionary<Tensor, Scaled> _sums = [];

    public void AddProduct(Tensor parameter, Tensor delta, Tensor x, int exponent) => Add(parameter, Scaled.Of(delta.MatMul(x, transposeA: true), exponent));

    public void Add(Tensor parameter, Scaled share)
    {
        using var outside = TensorScope.Suspend();
        _sums[parameter] = _sums.TryGetValue(parameter, out var other) ? other + share : share with { Values = share.Values.Clone() };
    }

    public void AddRows(Tensor parameter, IEnumerable<Tensor> rows, int exponent)
    {
        using var share = Scaled.Join(parameter.Shape, rows);
        Add(parameter, Scaled.Of(share, exponent));
    }

    /// <exception cref="OverflowException">An entry is beyond the range of a double.</exception>
    internal Parameter[] Take(IReadOnlyList<Parameter> parameters) => [.. parameters.Select(parameter =>
    {
        var result = Tensor.Zeros(parameter.Tensor.Shape, DataType.Float64);
        if (_sums.TryGetValue(parameter.Tensor, out var sum))
        {
            sum.Values.ReadOnlyValues<double>().CopyTo(result.WritableValues<double>());
            Scaled.Shift(result, sum.Exponent);
        }

        return result.FirstNonFinite() < 0
            ? new Parameter(parameter.Name, result)
            : throw new OverflowException(
                $"an entry of diag(G) for {parameter.Name} is about 2^{sum.Exponent}, beyond the range of a double; rescale the model first, which works at "
                + "any size");
    })];
}
