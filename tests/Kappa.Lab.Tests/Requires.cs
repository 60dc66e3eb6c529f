namespace Kappa.Lab.Tests;

/// <summary>Skips a test where something is not installed, saying how to get it; on CI its absence is a failure.</summary>
/// <remarks>What comes before the first colon groups the skipped tests at the end of <c>./kappa test</c>.</remarks>
internal static class Requires
{
    public static void Data(DataPackage package) =>
        Nothing(package.Find() is null ? $"{package.Name} is not installed: {package.InstallCommand}" : "");

    public static void Mujoco() => Nothing(MujocoLibrary.IsAvailable ? "" : $"MuJoCo is not installed: {MujocoLibrary.UnavailableReason}");

    public static void Humanoid()
    {
        Mujoco();
        try
        {
            _ = HumanoidModelFile.Locate();
        }
        catch (FileNotFoundException missing)
        {
            Nothing($"MuJoCo's humanoid is not installed: {missing.Message}");
        }
    }

    private static void Nothing(string problem)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.True(problem.Length == 0, problem);
        Skip.If(problem.Length > 0, problem);
    }
}
