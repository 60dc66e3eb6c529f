namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The task <c>humanoid-balance</c>: stand on two feet.</summary>
public sealed class HumanoidBalanceTask : HumanoidTask
{
    /// <inheritdoc/>
    public override string Name => "humanoid-balance";

    /// <inheritdoc/>
    public override string Summary =>
        "Clone a stiff expert that keeps a simulated humanoid standing on two feet, then let the policy control it (needs MuJoCo).";

    private protected override HumanoidScenario MakeScenario() => new TwoFeetBalance();
}
