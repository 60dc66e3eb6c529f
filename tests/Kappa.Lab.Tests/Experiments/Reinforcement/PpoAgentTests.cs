namespace Kappa.Lab.Tests.Experiments.Reinforcement;

public sealed class PpoAgentTests
{
    private const int Horizon = 30;

    [Fact]
    public void Comes_close_to_the_best_return_of_a_linear_quadratic_problem()
    {
        PointMass[] environments = [.. Enumerable.Range(0, 20).Select(_ => new PointMass())];
        var agent = Make(1);
        var generator = new Philox(1);
        for (int iteration = 0; iteration < 60; iteration++)
            _ = agent.Iterate(environments, generator.Split(iteration));
        double found = agent.Evaluate(environments, generator.Split("evaluation"));
        double best = environments.Average(environment => PointMass.BestReturn(environment.Start, Horizon));
        double idle = environments.Average(environment => PointMass.IdleReturn(environment.Start, Horizon));
        Assert.True(idle < 4 * best, $"doing nothing {idle}, best {best}");
        Assert.InRange(found, 1.15 * best, best + 1e-4);
    }

    [Fact]
    public void Equal_seeds_give_equal_returns()
    {
        double[][] returns = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            PointMass[] environments = [.. Enumerable.Range(0, 20).Select(_ => new PointMass())];
            var agent = Make(2);
            return Enumerable.Range(0, 3).Select(iteration => agent.Iterate(environments, new Philox(5).Split(iteration))).ToArray();
        })];
        Assert.Equal(returns[0], returns[1]);
    }

    private static PpoAgent Make(ulong seed)
    {
        var settings = new PpoSettings { Episodes = 20, Horizon = Horizon, BatchSize = 150, Discount = 0.95 };
        Sequential[] networks = [.. Enumerable.Range(0, 2).Select(i => new Sequential(
            new Linear(2, 32, initializer: new OrthogonalInitializer(1.4)), new Tanh(),
            new Linear(32, 32, initializer: new OrthogonalInitializer(1.4)), new Tanh(),
            new Linear(32, 1, initializer: new OrthogonalInitializer(i == 0 ? 0.01 : 1))))];
        foreach (var network in networks)
            _ = network.Initialize(new Philox(seed).Split("network"));
        var spread = new ActionSpread(1, -0.5);
        Optimizer Optimize(Module module) => new AdamW(module.Parameters(), 1e-3, new AdamWOptions { WeightDecay = 0 });
        return new PpoAgent(settings, networks[0], networks[1], spread, (Optimize(networks[0]), Optimize(networks[1]), Optimize(spread)), 2);
    }
}
