namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>What is chosen for a method.</summary>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="WeightDecay">The weight decay; null for the optimizer's own.</param>
internal readonly record struct Candidate(double LearningRate, double? WeightDecay)
{
    internal string Title => WeightDecay is { } decay ? $"{Figures.Rate(LearningRate)}, decay {Figures.Rate(decay)}" : Figures.Rate(LearningRate);

    internal string Key => WeightDecay is { } decay ? $"lr{Figures.Rate(LearningRate)}-wd{Figures.Rate(decay)}" : $"lr{Figures.Rate(LearningRate)}";
}
