using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Mpi.Tests;

/// <summary>Eigenpairs of a network whose parameters are four pieces of a basis and more.</summary>
internal static class EigenScenario
{
    private const int Samples = 16, Inputs = 340, ChangedSample = 11;

    /// <summary>Finds eigenpairs, in a basis that restarts, and says the hash of all that was found.</summary>
    internal static int Run(Communicator processes)
    {
        var (risk, _) = Risk(processes);
        using var found = Lanczos.Solve(new HessianOperator(risk), 2, new LanczosOptions { BasisSize = 14, Tolerance = 1e-2 });
        double[] numbers = [.. found.Eigenvalues, .. found.Residuals, found.Products, found.Restarts, .. found.Eigenvectors.ToArray<float>()];
        Scenarios.Say(processes.Rank, $"{found.Converged} {found.Restarts > 0} {Scenarios.Hash(numbers)}");
        return 0;
    }

    /// <summary>Solves on data that changes after the third product, in one piece: an error of the process that holds it, of which all others hear.</summary>
    internal static int RunIntoChange(Communicator processes)
    {
        var (risk, inputs) = Risk(processes);
        var matrix = new HessianOperator(risk);
        try
        {
            _ = Lanczos.Solve(matrix, 2, progress: new Changes(inputs));
            return 0;
        }
        catch (InvalidOperatorException error)
        {
            processes.Fail(error.Message);
            Scenarios.Say(processes.Rank, $"failed after {matrix.PassCount} products");
            return 1;
        }
    }

    private static (EmpiricalRisk Risk, Tensor Inputs) Risk(Communicator processes)
    {
        var model = new Sequential(new Linear(Inputs, 200), new Tanh(), new Linear(200, 3)).Initialize(new Philox(1));
        var inputs = Tensor.Normal([Samples, Inputs], new Philox(2)).Keep();
        var labels = Tensor.From([.. Enumerable.Range(0, Samples).Select(i => i * 5 % 3)], [Samples]).Keep();
        return (new EmpiricalRisk(
            model, Loss.CrossEntropy, new SampleSource(inputs, labels), new RiskOptions { BatchSize = 2, Pieces = 8, Processes = processes }), inputs);
    }

    private sealed class Changes(Tensor inputs) : IProgress<SolverProgress>
    {
        private int _products;

        public void Report(SolverProgress value)
        {
            if (++_products == 3)
                inputs.Values<float>()[ChangedSample * Inputs] += 1;
        }
    }
}
