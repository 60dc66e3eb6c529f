namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>A measure taken on held-out examples without letting the model run along its own predictions; smaller is expected to be better.</summary>
/// <param name="Name">What results call it.</param>
/// <param name="Title">What tables call it.</param>
/// <param name="WhyMissing">What it needs, where a task does not offer that.</param>
internal sealed record HeldOutPredictor(string Name, string Title, string WhyMissing);
