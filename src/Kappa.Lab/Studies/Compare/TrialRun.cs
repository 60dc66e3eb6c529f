using Kappa.Lab.Runs;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Lab.Studies.Compare;

/// <summary>What changes while a trial runs.</summary>
internal sealed class TrialRun : IDisposable
{
    private double _lossSum;
    private int _lossCount;

    internal TrialRun(Module model, Optimizer optimizer, MetricsLog log, TrialState state)
    {
        (Model, Optimizer, Log) = (model, optimizer, log);
        (Step, Seconds, _lossSum, _lossCount) = (state.Step, state.Seconds, state.LossSum, state.LossCount);
    }

    internal Module Model { get; }

    internal Optimizer Optimizer { get; }

    internal MetricsLog Log { get; }

    internal int Step { get; private set; }

    internal double Seconds { get; set; }

    internal double? LastLoss { get; private set; }

    internal double? ValidationLoss { get; set; }

    internal void CountStep(double loss)
    {
        Step++;
        LastLoss = loss;
        ValidationLoss = null;
        _lossSum += loss;
        _lossCount++;
    }

    /// <summary>The mean loss since the last call; null where there was no step.</summary>
    internal double? TakeMeanLoss()
    {
        double? mean = _lossCount == 0 ? null : _lossSum / _lossCount;
        (_lossSum, _lossCount) = (0, 0);
        return mean;
    }

    internal TrialState State(string identity) => new(identity, Step, Log.Lines, _lossSum, _lossCount, Seconds, ComputeInstructions.Selected);

    public void Dispose()
    {
        Log.Dispose();
        (Optimizer as IDisposable)?.Dispose();
    }
}
