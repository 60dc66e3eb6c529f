namespace Kappa.Training;

/// <summary>What decides the bits of a training beside model, optimizer and data.</summary>
internal sealed record TrainerIdentity(string Objective, int BatchSize, int Accumulate, double LearningRate, string Monitor, long EvaluateEvery)
{
    /// <summary>The first difference, in words; null where there is none.</summary>
    internal string? DifferenceFrom(TrainerIdentity before)
    {
        foreach (var property in GetType().GetProperties())
        {
            if (!Equals(property.GetValue(this), property.GetValue(before)))
                return FormattableString.Invariant($"{property.Name} was {property.GetValue(before)}, and is now {property.GetValue(this)}");
        }
        return null;
    }
}
