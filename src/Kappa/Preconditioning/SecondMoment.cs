using Kappa.Optimizers;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Preconditioning;

/// <summary>S of one layer in the primal form: sums Z^T Z over uses, averages over steps when asked, and keeps the factor of S + tau I.</summary>
internal sealed class SecondMoment
{
    private readonly int _inputs;
    private readonly bool _homogeneous;
    private readonly DataType _type;
    private readonly DoPrOptions _options;
    private readonly LayerGroup _group;
    private readonly Device _device;
    private readonly Tensor? _average;
    private InputSum? _sum;
    private InputSum? _factored;
    private Tensor? _factor;
    private bool _hasFactor;
    private double _averageWeight;
    private double _damping;
    private long _stepsSinceRefresh;

    // The factor that is computed beside the steps since the last refresh, where that is asked for; the moment it is of; and its place in a checkpoint.
    private FactorBeside? _next;
    private InputSum? _nextFactored;
    private Tensor? _nextFactor;

    internal SecondMoment(int inputs, bool homogeneous, DataType type, DoPrOptions options, LayerGroup group, Device device)
    {
        _inputs = inputs;
        _homogeneous = homogeneous;
        _type = type;
        _options = options;
        _group = group;
        _device = device;
        group.Moments.Add(this);
        using var outside = TensorScope.Suspend();
        if (options.MovingAverage > 0)
            _average = Tensor.Zeros([Size, Size], DataType.Float64, _device);
        if (options.RefreshInterval > 1)
            _factor = Tensor.Zeros([Size, Size], type, _device);
        if (options.AsynchronousRefresh)
            _nextFactor = Tensor.Zeros([Size, Size], type, _device);
    }

    /// <summary>The side of S: the inputs, and one more for the bias when it is included.</summary>
    internal int Size => _inputs + (_homogeneous ? 1 : 0);

    /// <summary>Whether S + tau I in single precision had no factor, or one of rounding errors, so that the last one was computed in double.</summary>
    internal bool FactoredInDouble { get; private set; }

    /// <summary>0 where there is no factor, or one more than the steps since it was made. Set where another process has the factor.</summary>
    internal double Standing
    {
        get => _hasFactor ? 1 + _stepsSinceRefresh : 0;
        set => (_hasFactor, _stepsSinceRefresh) = (value > 0, Math.Max(0, (long)value - 1));
    }

    private bool IsRefreshDue => !_hasFactor || _stepsSinceRefresh >= _options.RefreshInterval;

    /// <summary>Adds the rows of one use, <c>[n, in]</c>: n in^2 flops, unless another layer has just seen the same; none while a factor is still
    /// fresh.</summary>
    /// <param name="input">Its rows, whatever they were made from.</param>
    /// <param name="mayBeShared">Whether the tensor is the layer's input itself rather than rows made for this call.</param>
    internal void Add(Tensor input, bool mayBeShared)
    {
        if (IsRefreshDue)
            _sum = _group.Sums.Extend(_sum, input, _homogeneous, mayBeShared);
    }

    /// <summary>Forgets the uses of a step.</summary>
    internal void Clear()
    {
        _sum?.Release();
        _sum = null;
        _factored = null;
        _nextFactored = null;
    }

    /// <summary>Takes the sum over the rows seen so far out; null where there is none.</summary>
    internal InputSum? TakeSum()
    {
        var taken = _sum;
        _sum = null;
        return taken;
    }

    /// <summary>Puts a sum in the place of none.</summary>
    internal void PutSum(InputSum? sum) => _sum = sum;

    /// <summary>The factor L of S + tau I, fresh or kept; computed in double precision when single does not suffice; null when neither does.</summary>
    internal Tensor? Factorize(out double damping)
    {
        if (IsRefreshDue && !(_options.AsynchronousRefresh && _hasFactor && RefreshBeside()))
            Refresh();
        _stepsSinceRefresh++;
        damping = _damping;
        return _hasFactor ? _factor : null;
    }

    /// <summary>Adds everything that a resumed run needs, under the weight's name.</summary>
    internal void AddTo(OptimizerState state, string name)
    {
        if (_average is not null)
        {
            state.Tensors.Add($"{name}.second_moment_average", _average);
            state.Add($"{name}.second_moment_average_weight", _averageWeight);
        }

        if (_options.RefreshInterval == 1)
            return;
        state.Tensors.Add($"{name}.second_moment_factor", _factor!);
        state.Add($"{name}.has_factor", _hasFactor ? 1 : 0);
        state.Add($"{name}.damping", _damping);
        state.Add($"{name}.steps_since_refresh", _stepsSinceRefresh);
        if (_nextFactor is null)
            return;
        var next = _next?.Result;
        if (next?.Factor is { } factor)
            _nextFactor.CopyFromInPlace(factor);
        state.Tensors.Add($"{name}.second_moment_next_factor", _nextFactor);
        state.Add($"{name}.has_next_factor", next is null ? 0 : next.Factor is null ? -1 : 1);
        state.Add($"{name}.next_damping", next?.Damping ?? 0);
        state.Add($"{name}.next_is_of_double", next is { IsOfDouble: true } ? 1 : 0);
    }

    /// <summary>Takes back the numbers that <see cref="AddTo"/> wrote; the tensors have been copied already.</summary>
    internal void LoadFrom(OptimizerState state, string name)
    {
        Clear();
        if (_average is not null)
            _averageWeight = state.Numbers[$"{name}.second_moment_average_weight"];
        _hasFactor = false;
        if (_options.RefreshInterval == 1)
            return;
        _hasFactor = state.Numbers[$"{name}.has_factor"] != 0;
        _damping = state.Numbers[$"{name}.damping"];
        _stepsSinceRefresh = (long)state.Numbers[$"{name}.steps_since_refresh"];
        ReleaseNext();
        if (_nextFactor is null || state.Numbers[$"{name}.has_next_factor"] is not (var has and not 0))
            return;
        using var outside = TensorScope.Suspend();
        _next = new FactorBeside(new MomentFactor(
            has > 0 ? _nextFactor.Clone() : null, state.Numbers[$"{name}.next_damping"], state.Numbers[$"{name}.next_is_of_double"] != 0));
    }

    /// <summary>Forgets averages and factor, because the inputs have changed their scale.</summary>
    internal void Restart()
    {
        Clear();
        ReleaseNext();
        _average?.Clear();
        (_averageWeight, _hasFactor, _stepsSinceRefresh) = (0, false, 0);
    }

    private void Refresh()
    {
        _hasFactor = false;
        FactoredInDouble = false;
        ReleaseNext();
        if (Moment() is not { } moment)
            return;
        (_factored, _stepsSinceRefresh) = (_sum, 0);
        if (_group.Moments.Find(HasFactorOfSameMoment) is { } other)
        {
            Take(new MomentFactor(other._factor, other._damping, other.FactoredInDouble));
            return;
        }

        using (TensorScope.Suspend())
            _factor ??= Tensor.Uninitialized([Size, Size], _type, _device);
        var made = MomentFactor.Of(moment, _options, _factor);
        (_hasFactor, _damping, FactoredInDouble) = (made.Factor is not null, made.Damping, made.IsOfDouble);
    }

    /// <summary>Takes the factor of the last refresh into use, and begins to compute that of this one.</summary>
    /// <returns>Whether there is one to use: not where the moment at hand is not finite, or that of the last refresh had no factor.</returns>
    private bool RefreshBeside()
    {
        if (_next is { Result.Factor: null } || Moment() is not { } moment)
            return false;
        if (_next is not null)
            Take(_next.Result);
        ReleaseNext();
        (_factored, _nextFactored, _stepsSinceRefresh) = (null, _sum, 0);
        if (_group.Moments.Find(other => other._next is not null && HasSameMoment(other, other._nextFactored)) is { } other)
        {
            _next = other._next!.Hold();
            return true;
        }

        using (TensorScope.Suspend())
            moment = moment.Clone();
        _next = new FactorBeside(moment, _type, _options);
        return true;
    }

    private void ReleaseNext()
    {
        _next?.Release();
        _next = null;
    }

    /// <summary>S of this step, or its average; null where it is not finite.</summary>
    private Tensor? Moment()
    {
        var moment = Mean();
        return !double.IsFinite(ActivationPreconditioning.Trace(moment)) ? null : _average is null ? moment : Average(_average, moment);
    }

    private void Take(MomentFactor made)
    {
        using (TensorScope.Suspend())
            _factor ??= Tensor.Uninitialized([Size, Size], _type, _device);
        _factor.CopyFromInPlace(made.Factor!);
        (_hasFactor, _damping, FactoredInDouble) = (true, made.Damping, made.IsOfDouble);
    }

    /// <summary>Whether another layer has factored the S of this one: the same sum, or moving averages of the same bits.</summary>
    private bool HasFactorOfSameMoment(SecondMoment other) => other._hasFactor && other._factored is not null && HasSameMoment(other, other._factored);

    private bool HasSameMoment(SecondMoment other, InputSum? factored)
    {
        if (other == this || other.Size != Size || other._type != _type || other._homogeneous != _homogeneous || other._device != _device)
            return false;
        return _average is null
            ? factored == _sum
            : other._averageWeight == _averageWeight && IsSame(other._average!, _average);
    }

    private static bool IsSame(Tensor a, Tensor b)
    {
        if (a.Device.IsHost)
            return a.Bytes.SequenceEqual(b.Bytes);
        using var difference = a - b;
        return difference.Backend.LargestMagnitude(difference) == 0;
    }

    /// <summary>S of this step: the sum over rows divided by their number, with the column of ones when the bias is included.</summary>
    private Tensor Mean()
    {
        var type = _sum!.Products.DataType;
        var mean = Tensor.Uninitialized([_inputs, _inputs], type, _device);
        mean.Backend.Divide(_sum.Products, _sum.Rows, mean);
        if (!_homogeneous)
            return mean;
        var column = _sum.Columns!.Clone();
        column.Backend.Divide(column, _sum.Rows, column);
        var top = Tensor.Concat(1, mean, column.Reshape([_inputs, 1]));
        var bottom = Tensor.Concat(1, column.Reshape([1, _inputs]), Tensor.Ones([1, 1], type, _device));
        return Tensor.Concat(0, top, bottom);
    }

    /// <summary>The moving average, in double precision, corrected for its start at zero.</summary>
    private Tensor Average(Tensor average, Tensor moment)
    {
        double decay = _options.MovingAverage;
        var share = moment.To(DataType.Float64);
        share.Backend.Affine(share, 1 - decay, 0, share);
        average.Backend.Affine(average, decay, 0, average);
        average.Backend.Binary(BinaryKernel.Add, average, share, average);
        _averageWeight = (decay * _averageWeight) + (1 - decay);
        share.Backend.Divide(average, _averageWeight, share);
        return share;
    }
}
