using Kappa.Randomness;
using Kappa.Tensors;
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
    private readonly Tensor? _weight;
    private readonly Tensor? _bias;
    private readonly Tensor _runningMean;
    private readonly Tensor _runningVariance;
    private readonly Tensor _batchesTracked;
    private readonly RunningStatistics _statistics;

    private protected BatchNorm(int channels, bool parameters, double epsilon, double momentum, DataType type)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if (!(momentum is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "the momentum lies between 0 and 1");
        _ = Operands.RequireEpsilon(epsilon, type, nameof(BatchNorm));
        Channels = channels;
        _weight = parameters ? RegisterParameter("weight", Tensor.Ones([channels], type)) : null;
        _bias = parameters ? RegisterParameter("bias", Tensor.Zeros([channels], type)) : null;
        _runningMean = RegisterBuffer("running_mean", Tensor.Zeros([channels], type));
        _runningVariance = RegisterBuffer("running_var", Tensor.Ones([channels], type));
        _batchesTracked = RegisterBuffer("num_batches_tracked", Tensor.Zeros([], DataType.Int64), optional: true);
        _statistics = new RunningStatistics(GetType().Name, _runningMean, _runningVariance, epsilon, momentum);
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
        return Training
            ? _statistics.Train(input, _weight, _bias, _batchesTracked)
            : _statistics.Evaluate(input, _weight, _bias);
    }

    /// <inheritdoc/>
    protected sealed override void InitializeCore(Philox generator)
    {
        using var ones = Tensor.Ones([Channels], _runningMean.DataType, _runningMean.Device);
        _weight?.CopyFromInPlace(ones);
        _bias?.Clear();
        _runningMean.Clear();
        _runningVariance.CopyFromInPlace(ones);
        _batchesTracked.Clear();
    }

    private protected abstract void RequireShape(Tensor input);
}
