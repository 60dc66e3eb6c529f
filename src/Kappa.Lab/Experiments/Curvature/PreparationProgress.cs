namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Says of the training of one of several models which share of the preparation it is.</summary>
internal sealed class PreparationProgress(CellContext context, int index, int count) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => context.Report((index + Math.Clamp(value.Share, 0, 1)) / count);
}
