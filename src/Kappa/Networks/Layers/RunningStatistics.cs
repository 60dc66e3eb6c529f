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
    internal Tensor Evaluate(Tensor input, Tensor? weight, Tensor? bias) =>
        BatchNormNode.Apply(input, weight, bias, Read(mean), Finite(Read(variance)), epsilon, mean, variance);

    /// <summary>What <see cref="Evaluate"/> does to each channel.</summary>
    internal ChannelNormalization Normalization(Tensor? weight, Tensor? bias) =>
        BatchNormNode.Normalization(weight, bias, Read(mean), Finite(Read(variance)), epsilon);

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
    private static double[] Finite(double[] variances)
    {
        int bad = Array.FindIndex(variances, double.IsPositiveInfinity);
        return bad < 0 ? variances : throw new NonFiniteException(
            $"BatchNorm: running_var of channel {bad} is infinite, so that the layer cannot be evaluated: a batch had a variance beyond the range of the "
            + "layer's element type. Scale the inputs, or make the layer Float64");
    }

    private void RequireFinite(double[] batch, string name, Tensor input)
    {
        int channel = Array.FindIndex(batch, value => !double.IsFinite(value));
        if (channel < 0)
            return;
        int bad = input.FirstNonFinite();
        string cause = bad < 0
            ? "its input is finite and too large"
            : $"its input {input.Shape} holds {input.ElementAsDouble(bad)} at index {NonFiniteDiagnosis.Position(input, bad)}";
        throw new NonFiniteException(
            $"{owner}: the batch {name} of channel {channel} is {batch[channel]}: {cause}. "
            + "The running statistics were not changed. Lower the learning rate, or check the scale of the data");
    }

    private static double[] Read(Tensor tensor) => BatchNormNode.Numbers(tensor);

    private void Move(Tensor running, double[] batch, double factor)
    {
        double[] before = Read(running);
        using var edit = HostEdit.Of(running);
        for (int i = 0; i < batch.Length; i++)
        {
            double value = ((1 - momentum) * before[i]) + (momentum * factor * batch[i]);
            if (running.DataType == DataType.Float32)
                edit.Values<float>()[i] = (float)value;
            else
                edit.Values<double>()[i] = value;
        }
    }
}
