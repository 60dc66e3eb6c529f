using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>Rows of a table, picked by index. Parameter <c>weight</c> <c>[count, width]</c>, normal with standard deviation 1 at first, as in
/// PyTorch.</summary>
public sealed class Embedding : Module
{
    private readonly Tensor _weight;
    private readonly double _standardDeviation;

    /// <summary>Makes the table.</summary>
    /// <param name="count">Rows, such as the size of a vocabulary.</param>
    /// <param name="width">Features of a row.</param>
    /// <param name="standardDeviation">Of the initial values.</param>
    /// <param name="type">The element type.</param>
    public Embedding(int count, int width, double standardDeviation = 1, DataType type = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        _standardDeviation = NumberChecks.NotNegative(standardDeviation, nameof(standardDeviation));
        _weight = RegisterParameter("weight", Tensor.Zeros([count, width], type));
    }

    /// <summary>The table, <c>[count, width]</c>. Asking for it counts as a use, so values written to it stay.</summary>
    public Tensor Weight
    {
        get
        {
            EnsureOwnInitialized();
            return _weight;
        }
    }

    /// <summary>Picks rows: Int32 <c>[...]</c> to <c>[..., width]</c>.</summary>
    /// <param name="input">The indices.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range; the message names its position.</exception>
    protected override Tensor ForwardCore(Tensor input) => _weight.Gather(input);

    /// <inheritdoc/>
    protected override void InitializeCore(Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        using var values = Tensor.Normal(_weight.Shape, generator.Split("weight"), 0, _standardDeviation, _weight.DataType, _weight.Device);
        _weight.CopyFromInPlace(values);
    }
}
