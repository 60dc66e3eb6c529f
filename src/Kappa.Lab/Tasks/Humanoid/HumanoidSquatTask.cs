namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The task <c>humanoid-squat</c>: follow a commanded squat.</summary>
public sealed class HumanoidSquatTask : HumanoidTask
{
    /// <inheritdoc/>
    public override string Name => "humanoid-squat";

    /// <inheritdoc/>
    public override string Summary => "Clone an expert that lets a simulated humanoid follow a commanded squat, then let the policy control it (needs MuJoCo).";

    private protected override HumanoidScenario MakeScenario() => new SquatTracking();
}
