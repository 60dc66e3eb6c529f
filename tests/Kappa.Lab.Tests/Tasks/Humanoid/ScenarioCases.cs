namespace Kappa.Lab.Tests.Tasks.Humanoid;

internal static class ScenarioCases
{
    public static readonly string[] Names = ["two-feet-balance", "squat-tracking"];

    public static HumanoidScenario Create(string name)
    {
        var scenario = name == Names[0] ? HumanoidScenario.TwoFeetBalance() : HumanoidScenario.SquatTracking();
        Assert.Equal(name, scenario.Name);
        return scenario;
    }
}
