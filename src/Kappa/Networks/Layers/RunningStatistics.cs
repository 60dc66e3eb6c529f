using Kappa.Pieces;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Networks.Layers;

/// <summary>The running mean and variance of a batch normalisation, which training moves and evaluation reads.</summary>
/// <param name="owner">The layer's name in messages.</param>
/// <param name="mean">The running mean, <c>[channels]</c>.</param>
/// <param name="variance">The running variance, <c>[channels]</c>.</param>
/// <param name="epsilon">What is added to a variance.</param>
/// <param name="momentum">The share of a batch in the running statistics.</param>
internal sealed class RunningStatistics(string owner, Tensor mean, Tensor variance, double epsilon, double momentum)
{
    private readonly Lock _moving = new();

    /// <summary>Normalises by the running statistics.</summary>
    internal Tensor Evaluate(Tensor input, Tensor? weight, Tensor? bias)
    {
        RequireFinite();
        return BatchNormNode.Apply(input, weight, bias, mean, variance, epsilon, mean, variance);
    }

    /// <summary>What <see cref="Evaluate"/> does to each channel.</summary>
    internal ChannelNormalization Normalization(Tensor? weight, Tensor? bias)
    {
        RequireFinite();
        foreach (var parameter in (Tensor?[])[weight, bias])
        {
            if (parameter is not null && parameter.Shape != mean.Shape)
                throw new TensorShapeException($"BatchNorm: weight and bias must be {mean.Shape}; got {parameter.Shape}");
        }

        return ChannelNormalization.Of(weight, bias, mean, variance, epsilon);
    }

    /// <summary>Normalises by those of the batch, and moves the running ones.</summary>
    /// <param name="input"><c>[batch, channels, ...]</c>.</param>
    /// <param name="weight">Factors, <c>[channels]</c>; null for none.</param>
    /// <param name="bias">Shifts, <c>[channels]</c>; null for none.</param>
    /// <param name="counter">What counts the batches, Int64 <c>[]</c>; null for nothing.</param>
    internal Tensor Train(Tensor input, Tensor? weight, Tensor? bias, Tensor? counter = null)
    {
        var piece = BatchPiece.Current;
        var (y, batchMean, batchVariance, n) = BatchNormNode.Apply(input, weight, bias, epsilon, piece is null ? null : piece.Sum);
        RequireFinite(batchMean, "mean", input);
        RequireFinite(batchVariance, "variance", input);
        if (piece is { IsLead: false })
            return y;
        lock (_moving)
        {
            Move(mean, batchMean, 1);
            Move(variance, batchVariance, n / (n - 1));
            if (counter is not null)
                counter.WritableValues<long>()[0]++;
        }

        return y;
    }

    /// <summary>An infinite variance would make every output the bias without a word.</summary>
    private void RequireFinite()
    {
        if (variance.FirstNonFinite() < 0)
            return;
        int bad = Array.FindIndex(variance.To(DataType.Float64).ToArray<double>(), double.IsPositiveInfinity);
        if (bad >= 0)
        {
            throw new NonFiniteException(
                $"BatchNorm: running_var of channel {bad} is infinite, so that the layer cannot be evaluated: a batch had a variance beyond the range of the "
                + "layer's element type. Scale the inputs, or make the layer Float64");
        }
    }

    private void RequireFinite(Tensor batch, string name, Tensor input)
    {
        int channel = batch.FirstNonFinite();
        if (channel < 0)
            return;
        int bad = input.FirstNonFinite();
        string cause = bad < 0
            ? "its input is finite and too large"
            : $"its input {input.Shape} holds {input.ElementAsDouble(bad)} at index {NonFiniteDiagnosis.Position(input, bad)}";
        throw new NonFiniteException(
            $"{owner}: the batch {name} of channel {channel} is {batch.ElementAsDouble(channel)}: {cause}. "
            + "The running statistics were not changed. Lower the learning rate, or check the scale of the data");
    }

    private void Move(Tensor running, Tensor batch, double factor)
    {
        using var _ = Composed.Begin();
        var moved = (running.To(DataType.Float64) * (1 - momentum)) + (batch * (momentum * factor));
        running.CopyFromInPlace(moved.To(running.DataType));
    }
}
