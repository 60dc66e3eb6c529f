namespace Kappa.Optimizers;

/// <summary>How a <see cref="RampSchedule"/> falls after its warm-up.</summary>
internal enum RampShape
{
    Constant,
    Cosine,
    Linear,
}

/// <summary>A linear rise followed by one fall.</summary>
internal sealed class RampSchedule : LearningRateSchedule
{
    private readonly long _warmup;
    private readonly long _total;
    private readonly double _floor;
    private readonly RampShape _shape;

    internal RampSchedule(long warmup, long total, double floor, RampShape shape)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmup);
        if (shape != RampShape.Constant && total <= warmup)
            throw new ArgumentOutOfRangeException(nameof(total), total, $"the schedule's total takes more steps than its warm-up of {warmup}; got {total}");
        if (floor is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(floor), floor, $"the schedule's floor takes a factor from 0 to 1; got {floor}");
        (_warmup, _total, _floor, _shape) = (warmup, total, floor, shape);
    }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (step < _warmup)
            return (step + 1) / (double)_warmup;
        if (_shape == RampShape.Constant)
            return 1;
        if (step >= _total)
            return _floor;
        double t = (step - _warmup) / (double)(_total - _warmup);
        double height = _shape == RampShape.Cosine ? (1 + Math.Cos(Math.PI * t)) / 2 : 1 - t;
        return _floor + ((1 - _floor) * height);
    }

    /// <inheritdoc/>
    public override string ToString() => _shape == RampShape.Constant
        ? _warmup == 0 ? "constant" : $"warm-up over {_warmup} steps"
        : $"{(_warmup == 0 ? "" : $"warm-up over {_warmup} steps, then ")}{(_shape == RampShape.Cosine ? "cosine" : "linear")} to {_floor} at step {_total}";
}
