using Kappa.Pieces;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>In training mode, zeroes each element with a probability and divides the others by what remains (Srivastava and others, 2014); otherwise the
/// identity.</summary>
/// <remarks>
/// Its draws follow from the generator it was initialised with, which is the buffer <c>generator</c> (Int64 <c>[2]</c>: <see cref="PhiloxState.Key"/> and
/// <see cref="PhiloxState.Stream"/>), and from how often it ran, which is the buffer <c>draws</c> (Int32 <c>[1]</c>): so a run that is resumed from a
/// checkpoint draws what it would have drawn, whatever seed the model was made with. A state without <c>generator</c>, as earlier ones were, leaves the model's
/// own.
/// </remarks>
public sealed class Dropout : Module, IDrawsByPiece
{
    private readonly Tensor _draws;
    private readonly KeptGenerator _generator = new();

    /// <summary>Makes the module.</summary>
    /// <param name="probability">Of an element to be zeroed: from 0 to below 1.</param>
    public Dropout(double probability)
    {
        if (!(probability is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Dropout takes a probability from 0 to below 1");
        Probability = probability;
        _draws = RegisterBuffer("draws", Tensor.Zeros([1], DataType.Int32));
        _ = RegisterBuffer("generator", _generator.Tensor, optional: true);
    }

    /// <summary>Of an element to be zeroed.</summary>
    public double Probability { get; }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!Training || Probability == 0)
            return input;
        var generator = NextGenerator();
        var mask = Tensor.Uniform(input.Shape, generator, type: input.DataType);
        if (mask.DataType == DataType.Float32)
            Threshold(mask.WritableValues<float>(), (float)Probability);
        else
            Threshold(mask.WritableValues<double>(), Probability);
        return input * (input.Device.IsHost ? mask : mask.To(input.Device)) / (1 - Probability);
    }

    /// <inheritdoc/>
    protected override void InitializeCore(Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        _generator.Value = generator.Split("draws");
        _draws.WritableValues<int>()[0] = 0;
    }

    /// <inheritdoc/>
    void IDrawsByPiece.Advance(int uses) => _draws.WritableValues<int>()[0] += uses;

    /// <summary>Each use draws its own mask, also where several threads train at once, and each piece of a batch one of its own.</summary>
    private Philox NextGenerator() => BatchPiece.Current is { } piece
        ? _generator.Value.Split(_draws.ReadOnlyValues<int>()[0] + piece.CountUse(this)).Split(piece.Index)
        : _generator.Value.Split(Interlocked.Increment(ref _draws.WritableValues<int>()[0]) - 1);

    private static void Threshold<T>(Span<T> values, T probability)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = values[i] < probability ? T.Zero : T.One;
    }
}
