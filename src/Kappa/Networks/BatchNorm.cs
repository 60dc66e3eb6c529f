using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Operations;

namespace Kappa.Networks;

/// <summary>
/// (x - mean) / sqrt(variance + epsilon) <c>weight</c> + <c>bias</c> for each channel. In training, mean and variance are those of the batch, and gradients flow through them;
/// in evaluation, the running ones. Buffers <c>running_mean</c> and <c>running_var</c>, <c>[channels]</c>.
/// </summary>
/// <remarks>
/// Ioffe and Szegedy, 2015, arXiv 1502.03167. As in PyTorch, the batch is normalised by the variance over n, and the running variance is over n - 1:
/// running = (1 - momentum) running + momentum batch. PyTorch's <c>num_batches_tracked</c>, which it uses only without momentum, is not kept.
/// </remarks>
public abstract class BatchNorm : Module
{
    private readonly double _epsilon;
    private readonly double _momentum;
    private readonly Tensor? _weight;
    private readonly Tensor? _bias;

    private protected BatchNorm(int channels, bool parameters, double epsilon, double momentum, DataType type)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if (!(momentum is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "the momentum lies between 0 and 1");
        (Channels, _epsilon, _momentum) = (channels, NumberChecks.NotNegative(epsilon, nameof(epsilon)), momentum);
        _weight = parameters ? RegisterParameter("weight", Tensor.Ones([channels], type)) : null;
        _bias = parameters ? RegisterParameter("bias", Tensor.Zeros([channels], type)) : null;
        RunningMean = RegisterBuffer("running_mean", Tensor.Zeros([channels], type));
        RunningVariance = RegisterBuffer("running_var", Tensor.Ones([channels], type));
    }

    /// <summary>Channels of the input: the length of its second axis.</summary>
    public int Channels { get; }

    /// <summary>The running mean, <c>[channels]</c>: the module's own tensor.</summary>
    public Tensor RunningMean { get; }

    /// <summary>The running variance, <c>[channels]</c>: the module's own tensor.</summary>
    public Tensor RunningVariance { get; }

    /// <inheritdoc/>
    /// <exception cref="TensorShapeException">The input has another shape, or, in training, fewer than two values for each channel.</exception>
    /// <exception cref="NonFiniteException">In training: the mean or the variance of the batch is NaN or infinite.</exception>
    protected sealed override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        RequireShape(input);
        if (!Training)
            return BatchNormNode.Apply(input, _weight, _bias, Read(RunningMean), Read(RunningVariance), _epsilon, RunningMean);
        var (y, mean, variance) = BatchNormNode.Apply(input, _weight, _bias, _epsilon);
        RequireFinite(mean, "mean", RunningMean, input);
        RequireFinite(variance, "variance", RunningVariance, input);
        double n = (double)input.Count / Channels;
        Move(RunningMean, mean, 1);
        Move(RunningVariance, variance, n / (n - 1));
        return y;
    }

    /// <inheritdoc/>
    protected sealed override void InitializeCore(Philox generator)
    {
        using var ones = Tensor.Ones([Channels], RunningMean.DataType);
        _weight?.CopyFromInPlace(ones);
        _bias?.Bytes.Clear();
        RunningMean.Bytes.Clear();
        RunningVariance.CopyFromInPlace(ones);
    }

    private protected abstract void RequireShape(Tensor input);

    /// <summary>What is not finite would stay in the running statistics for ever.</summary>
    private void RequireFinite(double[] batch, string name, Tensor running, Tensor input)
    {
        int channel = Array.FindIndex(batch, value => running.DataType == DataType.Float32 ? !float.IsFinite((float)value) : !double.IsFinite(value));
        if (channel < 0)
            return;
        int bad = input.FirstNonFinite();
        string cause = bad < 0
            ? "its input is finite and too large"
            : $"its input {input.Shape} holds {input.ElementAsDouble(bad)} at index {NonFiniteDiagnosis.Position(input, bad)}";
        throw new NonFiniteException(
            $"{GetType().Name}: the batch {name} of channel {channel} is {batch[channel]}: {cause}. "
            + "The running statistics were not changed. Lower the learning rate, or check the scale of the data");
    }

    private static double[] Read(Tensor tensor) => [.. Enumerable.Range(0, tensor.Count).Select(tensor.ElementAsDouble)];

    private void Move(Tensor running, double[] batch, double factor)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            double value = ((1 - _momentum) * running.ElementAsDouble(i)) + (_momentum * factor * batch[i]);
            if (running.DataType == DataType.Float32)
                running.Values<float>()[i] = (float)value;
            else
                running.Values<double>()[i] = value;
        }
    }
}
