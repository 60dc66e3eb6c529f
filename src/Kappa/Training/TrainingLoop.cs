using System.Diagnostics;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>The one loop that trains: steps, and between them what is due. It stops between two steps, so that a checkpoint of then goes on to the same
/// bits.</summary>
/// <remarks>Each loss is differentiated before the next one is computed, in a <see cref="TensorScope"/> of its own: several losses of one step, as of a
/// batch in parts, need the memory of one. <see cref="Trainer"/> is this loop with what people expect around it.</remarks>
public sealed class TrainingLoop
{
    private const double LossMemory = 0.98;
    private readonly IReadOnlyList<Optimizer> _optimizers;
    private readonly Func<CancellationToken, double> _differentiate;
    private readonly BatchPieces? _pieces;
    private double _lossSum;
    private int _lossCount;

    /// <summary>A loop of one optimizer and one loss.</summary>
    /// <param name="optimizer">What takes a step.</param>
    /// <param name="loss">The loss of the next batch: a scalar, recorded for differentiation.</param>
    public TrainingLoop(Optimizer optimizer, Func<Tensor> loss)
        : this([optimizer], () => Once(loss))
    {
        ArgumentNullException.ThrowIfNull(loss);
    }

    /// <summary>A loop whose step has several losses or optimizers.</summary>
    /// <param name="optimizers">What takes a step; several where a model is trained in parts, such as a policy and its value.</param>
    /// <param name="losses">The losses of the next step, each computed when it is asked for; the loss of the step is their sum.</param>
    public TrainingLoop(IReadOnlyList<Optimizer> optimizers, Func<IEnumerable<Tensor>> losses)
    {
        ArgumentNullException.ThrowIfNull(optimizers);
        ArgumentNullException.ThrowIfNull(losses);
        (_optimizers, _differentiate) = (optimizers, _ => DifferentiateEach(losses));
    }

    /// <summary>A loop over batches, which several processes may share, a piece or more to each. All of them run it, and stop at the same step.</summary>
    /// <param name="optimizer">What takes a step, the same in every process.</param>
    /// <param name="next">This process's examples of the next batch; see <see cref="BatchPieces.RowsOf"/>.</param>
    /// <param name="loss">The mean loss of some examples: a scalar, recorded for differentiation.</param>
    /// <param name="pieces">How a batch is cut; null where it is differentiated as a whole.</param>
    /// <exception cref="ArgumentException">The optimizer cannot do with sums over pieces; the message says why.</exception>
    public TrainingLoop(Optimizer optimizer, Func<Batch> next, Func<Batch, Tensor> loss, BatchPieces? pieces)
        : this(optimizer, () => loss(next()))
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(loss);
        if (pieces is null)
            return;
        pieces.Serve(_optimizers);
        _pieces = pieces;
        _differentiate = cancellation => pieces.Differentiate(next(), loss, cancellation);
    }

    /// <summary>Steps done.</summary>
    public long Step { get; private set; }

    /// <summary>Seconds of the steps alone.</summary>
    public double Seconds { get; private set; }

    /// <summary>The loss of the last step; null before the first.</summary>
    public double? LastLoss { get; private set; }

    /// <summary>A running mean of the loss; null before the first step.</summary>
    public double? RecentLoss { get; private set; }

    /// <summary>Called between the gradients and the optimizer's step.</summary>
    public Action? BeforeUpdate { get; init; }

    /// <summary>Called after each step: evaluations, checkpoints, reports, whichever is due.</summary>
    public Action? AfterStep { get; init; }

    /// <summary>Called before the loop stops because it was asked to: writes a checkpoint.</summary>
    public Action? Interrupted { get; init; }

    /// <summary>Where the loop stands, for a checkpoint.</summary>
    public LoopState State
    {
        get => new(Step, _lossSum, _lossCount, Seconds);
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            (Step, _lossSum, _lossCount, Seconds) = (value.Step, value.LossSum, value.LossCount, value.Seconds);
        }
    }

    /// <summary>Takes steps until the work is done.</summary>
    /// <param name="isDone">Asked before each step.</param>
    /// <param name="cancellation">Asked before each step; stops after <see cref="Interrupted"/>.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    /// <exception cref="NonFiniteException">A loss, gradient or parameter is NaN or infinite.</exception>
    public void Run(Func<bool> isDone, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(isDone);
        while (!isDone())
        {
            if (_pieces?.IsStopAgreed ?? cancellation.IsCancellationRequested)
            {
                Interrupted?.Invoke();
                throw new OperationCanceledException(cancellation);
            }
            TakeStep(cancellation);
            AfterStep?.Invoke();
        }
    }

    /// <summary>As <see cref="Run(Func{bool}, CancellationToken)"/>, up to a number of steps.</summary>
    /// <param name="steps">Steps from the beginning.</param>
    /// <param name="cancellation">Asked before each step.</param>
    public void Run(long steps, CancellationToken cancellation) => Run(() => Step >= steps, cancellation);

    /// <summary>The mean loss since the last call; null where there was no step.</summary>
    public double? TakeMeanLoss()
    {
        double? mean = _lossCount == 0 ? null : _lossSum / _lossCount;
        (_lossSum, _lossCount) = (0, 0);
        return mean;
    }

    private static IEnumerable<Tensor> Once(Func<Tensor> loss)
    {
        yield return loss();
    }

    /// <summary>One loss after the other; their sum.</summary>
    private static double DifferentiateEach(Func<IEnumerable<Tensor>> all)
    {
        double value = 0;
        using var losses = all().GetEnumerator();
        while (true)
        {
            using var scope = TensorScope.Begin();
            if (!losses.MoveNext())
                return value;
            // Where the loss is not finite, this says which operation made it so.
            losses.Current.Backward();
            value += losses.Current.ToDouble();
        }
    }

    private void TakeStep(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        double value;
        using (TensorScope.Begin())
        {
            value = _differentiate(cancellation);
            BeforeUpdate?.Invoke();
            foreach (var optimizer in _optimizers)
            {
                optimizer.Step();
                optimizer.ZeroGrad();
            }
            _pieces?.ShareParameters();
        }
        Step++;
        LastLoss = value;
        RecentLoss = RecentLoss is { } recent ? (LossMemory * recent) + ((1 - LossMemory) * value) : value;
        _lossSum += value;
        _lossCount++;
        Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
