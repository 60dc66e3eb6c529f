namespace Kappa.Tensors.Kernels;

/// <content>Updates of optimizers.</content>
internal abstract partial class Backend
{
    /// <summary>Makes the first so many updates, in one sweep over memory.</summary>
    internal virtual void AdamW(AdamWUpdate[] updates, int count)
    {
        foreach (ref readonly var update in updates.AsSpan(0, count))
        {
            using var _ = Composed.Begin();
            var type = update.SecondMoment.DataType;
            var gradient = As(update.Gradient, type, update.Value.Shape) * update.GradientScale;
            var first = As(update.FirstMoment, type);
            first += (gradient - first) * (1 - update.Beta1);
            var second = (update.SecondMoment * update.Beta2) + (gradient.Square() * (1 - update.Beta2));
            var step = first * update.StepSize / ((second.Sqrt() * update.RootScale) + update.Epsilon);
            Put(As(first, update.FirstMoment.DataType), update.FirstMoment);
            Put(second, update.SecondMoment);
            Put(As((As(update.Value, type) * update.Shrinkage) - step, update.Value.DataType), update.Value);
        }
    }

    /// <summary>momentum += (1 - decay)(g - momentum) for g = scale gradient; result = momentum, or g + decay (momentum - g) with nesterov.</summary>
    internal virtual void Momentum(Tensor gradient, double scale, Tensor momentum, double decay, bool nesterov, Tensor result)
    {
        using var _ = Composed.Begin();
        var scaled = gradient.Alias(momentum.Shape) * scale;
        var mean = momentum + ((scaled - momentum) * (1 - decay));
        Put(mean, momentum);
        Put(nesterov ? scaled + ((mean - scaled) * decay) : mean, result);
    }

    /// <inheritdoc cref="AdamW"/>
    internal virtual void Sgd(SgdUpdate[] updates, int count)
    {
        foreach (ref readonly var update in updates.AsSpan(0, count))
        {
            using var _ = Composed.Begin();
            var gradient = update.Gradient.Alias(update.Value.Shape) * update.GradientScale;
            if (update.WeightDecay != 0)
                gradient += update.Value * update.WeightDecay;
            if (update.Velocity is { } velocity)
            {
                var next = (velocity * update.Momentum) + (gradient * update.GradientShare);
                Put(next, velocity);
                gradient = update.Nesterov ? gradient + (next * update.Momentum) : next;
            }

            Put(update.Value - (gradient * update.StepSize), update.Value);
        }
    }

    /// <inheritdoc cref="AdamW"/>
    internal virtual void Signum(SignumUpdate[] updates, int count)
    {
        foreach (ref readonly var update in updates.AsSpan(0, count))
        {
            using var _ = Composed.Begin();
            var gradient = update.Gradient.Alias(update.Value.Shape) * update.GradientScale;
            var mean = update.Mean + ((gradient - update.Mean) * (1 - update.Momentum));
            Put(mean, update.Mean);
            Put((update.Value * update.Shrinkage) - (SignOf(mean) * update.StepSize), update.Value);
        }
    }

    /// <summary>secondMoment = decay secondMoment + (1 - decay) x^2; x = x / (sqrt(secondMoment) + epsilon).</summary>
    internal virtual void DivideByRootMeanSquare(Tensor x, Tensor secondMoment, double decay, double epsilon)
    {
        using var _ = Composed.Begin();
        var second = (secondMoment * decay) + (x.Alias(secondMoment.Shape).Square() * (1 - decay));
        Put(second, secondMoment);
        Put(x.Alias(secondMoment.Shape) / (second.Sqrt() + epsilon), x);
    }

    private static Tensor As(Tensor x, DataType type) => x.DataType == type ? x : x.To(type);

    private static Tensor As(Tensor x, DataType type, Shape shape) => As(x, type).Alias(shape);
}
