using Kappa.Pieces;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Operations;

namespace Kappa.Networks.Layers;

/// <summary>
/// (x - mean) / sqrt(variance + epsilon) <c>weight</c> + <c>bias</c> for each channel. In training, mean and variance are those of the batch, and gradients
/// flow through them; in evaluation, the running ones. Buffers <c>running_mean</c> and <c>running_var</c>, <c>[channels]</c>, and <c>num_batches_tracked</c>,
/// Int64 <c>[]</c>.
/// </summary>
/// <remarks>
/// Ioffe and Szegedy, 2015, arXiv 1502.03167. As in PyTorch, the batch is normalised by the variance over n, and the running variance is over n - 1:
/// running = (1 - momentum) running + momentum batch. <c>num_batches_tracked</c> counts the batches trained on, as PyTorch's does; nothing is computed from
/// it, and a state that lacks it leaves it as it is.
/// </remarks>
public abstract class BatchNorm : Module
{
    private readonly double _epsilon;
    private readonly double _momentum;
    private readonly Tensor? _weight;
    private readonly Tensor? _bias;
    private readonly Tensor _runningMean;
    private readonly Tensor _runningVariance;
    private readonly Tensor _batchesTracked;
    private readonly Lock _moving = new();

    private protected BatchNorm(int channels, bool parameters, double epsilon, double momentum, DataType type)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if (!(momentum is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "the momentum lies between 0 and 1");
        (Channels, _epsilon, _momentum) = (channels, Operands.RequireEpsilon(epsilon, type, nameof(BatchNorm)), momentum);
        _weight = parameters ? RegisterParameter("weight", Tensor.Ones([channels], type)) : null;
        _bias = parameters ? RegisterParameter("bias", Tensor.Zeros([channels], type)) : null;
        _runningMean = RegisterBuffer("running_mean", Tensor.Zeros([channels], type));
        _runningVariance = RegisterBuffer("running_var", Tensor.Ones([channels], type));
        _batchesTracked = RegisterBuffer("num_batches_tracked", Tensor.Zeros([], DataType.Int64), optional: true);
    }

    /// <summary>Channels of the input: the length of its second axis.</summary>
    public int Channels { get; }

    /// <summary>The running mean, <c>[channels]</c>: the module's own tensor. Asking for it counts as a use, so values written to it stay.</summary>
    public Tensor RunningMean
    {
        get
        {
            EnsureOwnInitialized();
            return _runningMean;
        }
    }

    /// <summary>The running variance, <c>[channels]</c>: the module's own tensor. Asking for it counts as a use, so values written to it stay.</summary>
    public Tensor RunningVariance
    {
        get
        {
            EnsureOwnInitialized();
            return _runningVariance;
        }
    }

    /// <summary>How many batches it was trained on.</summary>
    public long BatchesTracked
    {
        get
        {
            EnsureOwnInitialized();
            return _batchesTracked.ReadOnlyValues<long>()[0];
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TensorShapeException">The input has another shape, or, in training, fewer than two values for each channel.</exception>
    /// <exception cref="NonFiniteException">In training, the input holds NaN or infinity; in evaluation, a running variance is infinite.</exception>
    protected sealed override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        RequireShape(input);
        if (!Training)
            return BatchNormNode.Apply(input, _weight, _bias, Read(_runningMean), Finite(Read(_runningVariance)), _epsilon, _runningMean);
        var piece = BatchPiece.Current;
        var (y, mean, variance, n) = BatchNormNode.Apply(input, _weight, _bias, _epsilon, piece is null ? null : piece.Sum);
        RequireFinite(mean, "mean", input);
        RequireFinite(variance, "variance", input);
        if (piece is { IsLead: false })
            return y;
        lock (_moving)
        {
            Move(_runningMean, mean, 1);
            Move(_runningVariance, variance, n / (n - 1));
            _batchesTracked.WritableValues<long>()[0]++;
        }

        return y;
    }

    /// <inheritdoc/>
    protected sealed override void InitializeCore(Philox generator)
    {
        using var ones = Tensor.Ones([Channels], _runningMean.DataType);
        _weight?.CopyFromInPlace(ones);
        _bias?.Clear();
        _runningMean.Clear();
        _runningVariance.CopyFromInPlace(ones);
        _batchesTracked.Clear();
    }

    private protected abstract void RequireShape(Tensor input);

    /// <summary>An infinite variance would make every output the bias without a word.</summary>
    private static double[] Finite(double[] variances)
    {
        int bad = Array.FindIndex(variances, double.IsPositiveInfinity);
        return bad < 0 ? variances : throw new NonFiniteException(
            $"BatchNorm: running_var of channel {bad} is infinite, so that the layer cannot be evaluated: a batch had a variance beyond the range of the "
            + "layer's element type. Scale the inputs, or make the layer Float64");
    }

    /// <summary>What is not finite would stay in the running statistics for ever.</summary>
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
                running.WritableValues<float>()[i] = (float)value;
            else
                running.WritableValues<double>()[i] = value;
        }
    }
}
