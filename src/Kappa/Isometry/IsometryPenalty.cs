using Kappa.Optimizers;

namespace Kappa.Isometry;

/// <summary>The step of <see cref="IsometricOptimizer"/> beside any optimizer's.</summary>
/// <remarks>
/// <code>
/// var optimizer = new IsometryPenalty(new SGD(model.Parameters(), 0.1, momentum: 0.9));
/// </code>
/// For Adam and Muon there are <see cref="AdamO"/> and <see cref="MuonO"/>. DoPr goes in front: <c>new DoPr(new AdamO(...), model)</c>; it preconditions the
/// gradient of the task only.
/// </remarks>
public sealed class IsometryPenalty : IsometricOptimizer
{
    /// <summary>Puts the step beside an optimizer's.</summary>
    /// <param name="inner">The optimizer.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">No weight is left to keep isometric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public IsometryPenalty(Optimizer inner, IsometryOptions? options = null)
        : base(inner, options)
    {
    }
}
