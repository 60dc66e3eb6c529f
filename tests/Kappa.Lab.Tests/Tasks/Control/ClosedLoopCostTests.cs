using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Control;

public class ClosedLoopCostTests
{
    [Theory]
    [InlineData(-0.5)]
    [InlineData(-0.3)]
    [InlineData(0.1)]
    public void The_cost_of_a_scalar_system_has_its_closed_form(double gain)
    {
        var (a, b, w, q, r) = (1.05, 0.8, 2.0, 3.0, 0.5);
        double c2 = (a + (b * gain)) * (a + (b * gain));
        double[] costs = ClosedLoopCost.AtHorizons(Systems.Scalar(a, b, w, q, r), Systems.One(gain), 50);
        for (int horizon = 1; horizon <= 50; horizon++)
        {
            // Gamma_t = w (1 - c2^t) / (1 - c2); its sum over t = 1..T is w (T - c2 (1 - c2^T) / (1 - c2)) / (1 - c2).
            double sum = w * (horizon - (c2 * (1 - Math.Pow(c2, horizon)) / (1 - c2))) / (1 - c2);
            double expected = (q + (gain * gain * r)) * sum / horizon;
            Assert.Equal(expected, costs[horizon - 1], expected * 1e-11);
        }
    }

    [Fact]
    public void The_recursion_is_the_sum_over_powers_of_the_closed_loop()
    {
        var system = Anisotropic();
        var gain = Demonstrator.Solve(system, 3) * 0.7;
        double[] costs = ClosedLoopCost.AtHorizons(system, gain, 12);
        double total = 0;
        for (int t = 1; t <= 12; t++)
        {
            var covariance = Matrix<double>.Build.Dense(6, 6);
            for (int s = 0; s < t; s++)
            {
                var power = system.ClosedLoop(gain).Power(s);
                covariance += power * system.W * power.Transpose();
            }

            total += (system.Q * covariance).Trace() + (system.R * gain * covariance * gain.Transpose()).Trace();
            Assert.Equal(total / t, costs[t - 1], total / t * 1e-12);
        }
    }

    [Fact]
    public void The_cost_over_a_long_time_is_that_of_the_Lyapunov_equation()
    {
        var system = Anisotropic();
        var gain = Demonstrator.Solve(system, 3);
        var closedLoop = system.ClosedLoop(gain);

        // vec(X) = (I - A kron A)^-1 vec(W).
        int n = system.States;
        var kronecker = Matrix<double>.Build.DenseIdentity(n * n) - closedLoop.KroneckerProduct(closedLoop);
        var stationary = Matrix<double>.Build.Dense(n, n, kronecker.Solve(Vector<double>.Build.Dense(system.W.ToColumnMajorArray())).ToArray());
        double expected = (system.Q * stationary).Trace() + (system.R * gain * stationary * gain.Transpose()).Trace();

        // The average approaches the limit as 1/T; the last stage cost is at it.
        double[] costs = ClosedLoopCost.AtHorizons(system, gain, 2000);
        Assert.Equal(expected, (2000 * costs[1999]) - (1999 * costs[1998]), expected * 1e-9);
    }

    [Fact]
    public void The_long_run_cost_of_the_optimal_policy_is_the_trace_of_P_W()
    {
        var system = Anisotropic();
        var p = Riccati.Solve(system.A, system.B, system.Q, system.R)!;
        double[] costs = ClosedLoopCost.AtHorizons(system, Demonstrator.Solve(system, 3), 2000);
        double expected = (p * system.W).Trace();
        Assert.Equal(expected, (2000 * costs[1999]) - (1999 * costs[1998]), expected * 1e-9);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.6)]
    public void Simulated_trajectories_agree_within_four_standard_errors(double share)
    {
        const int Horizon = 20;
        const int Runs = 5_000;
        var system = Anisotropic();
        var gain = Demonstrator.Solve(system, 3) * share;
        double[] exact = ClosedLoopCost.AtHorizons(system, gain, Horizon);
        var root = system.W.Cholesky().Factor;
        var generator = new Philox(77);
        double[] sums = new double[Horizon];
        double[] squares = new double[Horizon];
        double[] noise = new double[system.States];
        for (int run = 0; run < Runs; run++)
        {
            var state = Vector<double>.Build.Dense(system.States);
            double cost = 0;
            for (int t = 1; t <= Horizon; t++)
            {
                generator.FillNormal(noise, 0, 1);
                state = (system.A * state) + (system.B * (gain * state)) + (root * Vector<double>.Build.Dense(noise));
                var action = gain * state;
                cost += (state * (system.Q * state)) + (action * (system.R * action));
                double mean = cost / t;
                sums[t - 1] += mean;
                squares[t - 1] += mean * mean;
            }
        }

        for (int t = 0; t < Horizon; t++)
        {
            double mean = sums[t] / Runs;
            double standardError = Math.Sqrt(((squares[t] / Runs) - (mean * mean)) / Runs);
            Assert.True(Math.Abs(mean - exact[t]) <= 4 * standardError, $"horizon {t + 1}: exact {exact[t]:G6}, simulated {mean:G6} +- {standardError:G3}");
            Assert.True(standardError < 0.04 * mean);
        }
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(1e200)]
    [InlineData(double.MaxValue)]
    public void The_cost_of_an_unstable_loop_is_cut_to_the_cap(double a)
    {
        double[] costs = ClosedLoopCost.AtHorizons(Systems.Scalar(a, 1, 1, 1, 1), Systems.One(0), 1000);
        Assert.Equal(ClosedLoopCost.Cap, costs[^1]);
        Assert.All(costs, cost => Assert.InRange(cost, 1, ClosedLoopCost.Cap));
        Assert.Equal(costs.Order(), costs);
    }

    private static LinearSystem Anisotropic()
    {
        var system = LinearSystem.Draw(6, 3, 1.05, new Philox(4));
        var mix = RandomMatrix.Normal(6, 6, 1, new Philox(5));
        return system with
        {
            W = (mix * mix.Transpose()) + Matrix<double>.Build.DenseIdentity(6),
            Q = (mix.Transpose() * mix) + Matrix<double>.Build.DenseIdentity(6),
            R = Matrix<double>.Build.DenseOfDiagonalArray([1, 2, 3]),
        };
    }
}
