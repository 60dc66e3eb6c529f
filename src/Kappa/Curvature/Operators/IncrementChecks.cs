namespace Kappa.Curvature.Operators;

/// <summary>Whether there is a sample to add.</summary>
internal static class IncrementChecks
{
    internal static void RequireSample(EmpiricalRisk risk, int k)
    {
        if (k < 1 || k >= risk.Samples.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(k), k,
                $"an increment adds sample k + 1 to k samples: k takes 1 to {risk.Samples.Count - 1}, since the data has {risk.Samples.Count}; got {k}");
        }
    }
}
