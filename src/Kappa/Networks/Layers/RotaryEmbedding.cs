using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>Turns pairs of features by angles that grow with the position, so that a product of two rows depends on their distance (Su and others, 2021, arXiv
/// 2104.09864).</summary>
/// <remarks>Pairs are (i, i + width / 2), the angle of pair i at position t is t base^(-2 i / width). There is nothing to train or to save.</remarks>
public sealed class RotaryEmbedding : Module
{
    private readonly Tensor _cosines;
    private readonly Tensor _sines;

    /// <summary>Makes the tables.</summary>
    /// <param name="positions">The longest sequence.</param>
    /// <param name="width">Features of a head; even.</param>
    /// <param name="rotaryBase">The base of the angles' geometric sequence.</param>
    /// <param name="type">The element type.</param>
    public RotaryEmbedding(int positions, int width, double rotaryBase = 10_000, DataType type = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        _ = NumberChecks.Positive(rotaryBase, nameof(rotaryBase));
        if (width % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(width), width, "a rotary embedding turns pairs of features, so the width of a head must be even");
        using var outside = TensorScope.Suspend();
        _cosines = Table(positions, width, rotaryBase, Math.Cos, type);
        _sines = Table(positions, width, rotaryBase, Math.Sin, type);
    }

    /// <summary>The tables' rows at some positions, so that rows of any place can be turned at once.</summary>
    internal (Tensor Cosines, Tensor Sines) At(Tensor positions) => (_cosines.Gather(positions), _sines.Gather(positions));

    /// <summary>Turns <c>[batch, positions, heads, width]</c>.</summary>
    /// <param name="input">Queries or keys.</param>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rotate(_cosines, _sines);
    }

    /// <inheritdoc/>
    protected override void ToCore(Device device)
    {
        _cosines.Relocate(device);
        _sines.Relocate(device);
    }

    private static Tensor Table(int positions, int width, double rotaryBase, Func<double, double> function, DataType type)
    {
        int half = width / 2;
        using var exact = Tensor.Uninitialized([positions, half], DataType.Float64);
        var values = exact.WritableValues<double>();
        for (int i = 0; i < values.Length; i++)
            values[i] = function(i / half * Math.Pow(rotaryBase, -2.0 * (i % half) / width));
        return exact.To(type);
    }
}
