namespace Kappa.Mpi.Tests;

/// <summary>What mpirun starts: one scenario, whose lines begin with the rank.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        Communicator? processes = null;
        try
        {
            using (processes = Communicator.Start())
            {
                try
                {
                    return Scenarios.Run(arguments, processes);
                }
                catch (RankFailedException error)
                {
                    Scenarios.Say(processes.Rank, $"heard {error.Message}");
                    return 1;
                }
            }
        }
        catch (MpiException error)
        {
            Scenarios.Say(processes?.Rank ?? -1, $"error {error.Message}");
            return 1;
        }
    }
}
