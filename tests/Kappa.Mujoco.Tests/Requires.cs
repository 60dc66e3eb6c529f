namespace Kappa.Mujoco.Tests;

internal static class Requires
{
    /// <summary>Skips the test where libmujoco is absent, saying how to get it; on CI its absence is a failure.</summary>
    /// <remarks>What comes before the first colon groups the skipped tests at the end of <c>./kappa test</c>.</remarks>
    public static void Mujoco()
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.True(MujocoLibrary.IsAvailable, MujocoLibrary.UnavailableReason);
        Skip.IfNot(MujocoLibrary.IsAvailable, $"MuJoCo is not installed: {MujocoLibrary.UnavailableReason}");
    }
}
