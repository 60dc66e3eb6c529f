namespace Kappa.Lab.Tests.Tasks.Humanoid;

public sealed class HumanoidModelFileTests
{
    [Fact]
    public void A_missing_model_is_named_with_where_it_was_looked_for_and_how_to_get_it()
    {
        var error = Assert.Throws<FileNotFoundException>(() => HumanoidModelFile.Locate(null, null, "/nowhere/humanoid.xml"));
        Assert.Contains("/nowhere/humanoid.xml", error.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libmujoco-samples", error.Message, StringComparison.Ordinal);
        Assert.Contains(HumanoidModelFile.EnvironmentVariable, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_file_that_is_missing_is_never_replaced_by_another()
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.Contains("the given path", Missing("/nowhere/a.xml", file), StringComparison.Ordinal);
            Assert.Contains("KAPPA_HUMANOID_XML", Missing(null, "/nowhere/b.xml"), StringComparison.Ordinal);
            Assert.Equal(file, HumanoidModelFile.Locate(file, "/nowhere/b.xml", "/nowhere/c.xml"));
            Assert.Equal(file, HumanoidModelFile.Locate(null, file, "/nowhere/c.xml"));
            Assert.Equal(file, HumanoidModelFile.Locate(null, string.Empty, file));
        }
        finally
        {
            File.Delete(file);
        }

        string Missing(string? path, string? environment) =>
            Assert.Throws<FileNotFoundException>(() => HumanoidModelFile.Locate(path, environment, file)).Message;
    }

    [Fact]
    public void A_scenario_tells_its_sizes_without_MuJoCo()
    {
        var balance = HumanoidScenario.TwoFeetBalance("/nowhere/humanoid.xml");
        var squat = HumanoidScenario.SquatTracking("/nowhere/humanoid.xml");
        Assert.Equal(54, balance.ObservationSize);
        Assert.Equal(55, squat.ObservationSize);
    }

    [SkippableFact]
    public void Another_robot_is_refused_with_its_sizes()
    {
        Requires.Humanoid();
        string file = Path.ChangeExtension(Path.GetTempFileName(), ".xml");
        File.WriteAllText(file, """
            <mujoco><worldbody><body name="torso"><freejoint/><geom size="1"/>
            <body name="right_foot"><geom size="1"/></body><body name="left_foot"><geom size="1"/></body>
            </body></worldbody></mujoco>
            """);
        try
        {
            var error = Assert.ThrowsAny<Exception>(() => HumanoidScenario.TwoFeetBalance(file).Expert);
            Assert.Contains("(7, 6, 0, 0), expected (28, 27, 21, 0)", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
