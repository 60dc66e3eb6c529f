using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Control;

public class DemonstratorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_gain_has_the_rank_asked_for_and_stabilises(int rank)
    {
        for (ulong seed = 0; seed < 10; seed++)
        {
            var system = LinearSystem.Draw(8, 4, 1.05, new Philox(seed));
            var gain = Demonstrator.Solve(system, rank);
            var values = gain.Svd().S;
            Assert.True(values[rank - 1] > 1e-6 * values[0]);
            Assert.True(rank == 4 || values[rank] <= 1e-12 * values[0]);
            Assert.True(LinearSystem.SpectralRadius(system.ClosedLoop(gain)) < 1);
        }
    }

    [Fact]
    public void No_small_change_within_the_span_of_its_actions_lowers_the_long_run_cost()
    {
        var system = LinearSystem.Draw(8, 4, 1.05, new Philox(2));
        var gain = Demonstrator.Solve(system, 2);
        var span = gain.Svd().U.SubMatrix(0, 4, 0, 2);
        double best = ClosedLoopCost.AtHorizons(system, gain, 1000)[^1];
        var generator = new Philox(9);
        for (int i = 0; i < 20; i++)
        {
            var change = span * RandomMatrix.Normal(2, 8, 0.05, generator);
            Assert.True(ClosedLoopCost.AtHorizons(system, gain + change, 1000)[^1] > best);
        }
    }

    [Fact]
    public void A_plant_that_cannot_be_stabilised_is_an_error_that_says_what_to_change()
    {
        var identity = Matrix<double>.Build.DenseIdentity(2);
        var system = new LinearSystem(
            identity * 1.5, Matrix<double>.Build.DenseOfArray(new double[,] { { 0 }, { 1 } }), identity, identity, Systems.One(1));
        var error = Assert.Throws<ConfigException>(() => Demonstrator.Solve(system, 1));
        Assert.Contains("no stabilising solution", error.Message, StringComparison.Ordinal);
        Assert.Contains("systemSeed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plant_has_the_spectral_radius_asked_for()
    {
        foreach (double radius in new[] { 0.5, 1.05, 1.5 })
            Assert.Equal(radius, LinearSystem.SpectralRadius(LinearSystem.Draw(8, 4, radius, new Philox(1)).A), 1e-12);
    }
}
