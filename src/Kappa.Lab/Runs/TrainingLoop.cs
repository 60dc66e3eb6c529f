using System.Diagnostics;

namespace Kappa.Lab.Runs;

/// <summary>The one loop that trains: steps, and between them what is due. It stops between two steps, so that a checkpoint of then goes on to the same
/// bits.</summary>
/// <param name="optimizers">What takes a step; several where a model is trained in parts, such as a policy and its value.</param>
/// <param name="loss">The loss of the next batch: a scalar, recorded for differentiation. Of several, each is differentiated by itself.</param>
internal sealed class TrainingLoop(IReadOnlyList<Optimizer> optimizers, Func<IReadOnlyList<Tensor>> loss)
{
    private const double LossMemory = 0.98;
    private double _lossSum;
    private int _lossCount;

    internal TrainingLoop(Optimizer optimizer, Func<Tensor> loss)
        : this([optimizer], () => [loss()])
    {
    }

    internal long Step { get; private set; }

    /// <summary>Seconds of the steps alone.</summary>
    internal double Seconds { get; private set; }

    /// <summary>The loss of the last step; null before the first.</summary>
    internal double? LastLoss { get; private set; }

    /// <summary>A running mean of the loss; null before the first step.</summary>
    internal double? RecentLoss { get; private set; }

    /// <summary>Called between the gradients and the optimizer's step.</summary>
    internal Action? BeforeUpdate { get; init; }

    /// <summary>Called after each step: evaluations, checkpoints, reports, whichever is due.</summary>
    internal Action? AfterStep { get; init; }

    /// <summary>Called before the loop stops because it was asked to: writes a checkpoint.</summary>
    internal Action? Interrupted { get; init; }

    /// <summary>Where the loop stands, for a checkpoint.</summary>
    internal LoopState State
    {
        get => new(Step, _lossSum, _lossCount, Seconds);
        init => (Step, _lossSum, _lossCount, Seconds) = (value.Step, value.LossSum, value.LossCount, value.Seconds);
    }

    /// <summary>Takes steps until the work is done.</summary>
    /// <param name="isDone">Asked before each step.</param>
    /// <param name="cancellation">Asked before each step; stops after <see cref="Interrupted"/>.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    /// <exception cref="NonFiniteException">A loss, gradient or parameter is NaN or infinite.</exception>
    internal void Run(Func<bool> isDone, CancellationToken cancellation)
    {
        while (!isDone())
        {
            if (cancellation.IsCancellationRequested)
            {
                Interrupted?.Invoke();
                cancellation.ThrowIfCancellationRequested();
            }
            TakeStep();
            AfterStep?.Invoke();
        }
    }

    /// <summary>As <see cref="Run(Func{bool}, CancellationToken)"/>, up to a number of steps.</summary>
    internal void Run(long steps, CancellationToken cancellation) => Run(() => Step >= steps, cancellation);

    /// <summary>The mean loss since the last call; null where there was no step.</summary>
    internal double? TakeMeanLoss()
    {
        double? mean = _lossCount == 0 ? null : _lossSum / _lossCount;
        (_lossSum, _lossCount) = (0, 0);
        return mean;
    }

    private void TakeStep()
    {
        long start = Stopwatch.GetTimestamp();
        double value = 0;
        using (TensorScope.Begin())
        {
            foreach (var one in loss())
            {
                // Where the loss is not finite, this says which operation made it so.
                one.Backward();
                value += one.ToDouble();
            }
            BeforeUpdate?.Invoke();
            foreach (var optimizer in optimizers)
            {
                optimizer.Step();
                optimizer.ZeroGrad();
            }
        }
        Step++;
        LastLoss = value;
        RecentLoss = RecentLoss is { } recent ? (LossMemory * recent) + ((1 - LossMemory) * value) : value;
        _lossSum += value;
        _lossCount++;
        Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
