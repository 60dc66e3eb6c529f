namespace Kappa.Mujoco.Tests;

[Collection(WholeProcess.Name)]
public sealed class SimulationMemoryTests
{
    [SkippableFact]
    public void Abandoned_simulations_are_freed()
    {
        Requires.Mujoco();
        using var model = TinyModels.DoublePendulum();
        Abandon(model);
        long before = Environment.WorkingSet;
        for (int i = 0; i < 20; i++)
            Abandon(model);

        // One simulation takes 3 MiB once touched: all 400 of them would take over a gigabyte.
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 400L << 20);

        static void Abandon(MujocoModel model)
        {
            for (int i = 0; i < 20; i++)
                model.CreateData().Step();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
