namespace Kappa.Lab.Experiments.PathCond;

/// <summary>What is done with a network's scales before it is trained.</summary>
internal static class RescalingMethod
{
    internal const string Plain = "plain";
    internal const string PathCond = "pathcond";
    internal const string Reference = "pathcond-reference";
    internal const string ReferenceConverged = "pathcond-reference-converged";
    internal const string Enorm = "enorm";

    /// <summary>Rescales a network.</summary>
    /// <param name="method">How.</param>
    /// <param name="model">The network; changed.</param>
    /// <param name="input">The shape of one input; null where the first layer says it.</param>
    /// <returns>What was done; null for <see cref="Plain"/>.</returns>
    internal static RescalingResult? Apply(string method, Module model, IReadOnlyList<int>? input = null)
    {
        var options = new RescalingOptions { InputShape = input };
        return method switch
        {
            Plain => null,
            PathCond => PathConditioning.Rescale(model, options),
            // The published experiments make ten plain sweeps; with a tolerance ours would extrapolate, and go far beyond these.
            Reference => PathConditioning.Rescale(model, options with { BatchNorm = BatchNormMode.Reference, Sweeps = 10, Tolerance = 0 }),
            ReferenceConverged => PathConditioning.Rescale(model, options with { BatchNorm = BatchNormMode.Reference }),
            Enorm => EquiNormalization.Rescale(model, options),
            _ => throw new ArgumentException($"expected a method of rescaling; got {method}", nameof(method)),
        };
    }
}
