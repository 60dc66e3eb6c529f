using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Optimizers;

public class SubnormalTests
{
    public static TheoryData<string> Kinds => new() { "AdamW", "SGD", "Signum", "Muon", "AdaMuon" };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Moments_of_a_gradient_that_has_become_zero_decay_to_zero_and_never_to_subnormal_numbers(string kind)
    {
        var weight = Tensor.Normal([19, 19], new Philox(1));
        weight.RequiresGradient = true;
        Parameter[] parameters = [new("weight", weight)];
        Optimizer optimizer = kind switch
        {
            "AdamW" => new AdamW(parameters, 1e-3, new AdamWOptions { Beta2 = 0.9 }),
            "SGD" => new SGD(parameters, 1e-3, momentum: 0.9),
            "Signum" => new Signum(parameters, 1e-3),
            "AdaMuon" => new AdaMuon(parameters, 1e-3, new AdaMuonOptions { Momentum = 0.9, Beta2 = 0.9, Matrices = MuonMatrices.All }),
            _ => new Muon(parameters, 1e-3, new MuonOptions { Momentum = 0.9, Matrices = MuonMatrices.All }),
        };
        var first = Tensor.Normal([19, 19], new Philox(2));
        for (int step = 0; step < 1200; step++)
        {
            using var scope = TensorScope.Begin();
            // Half of the rows have a gradient in the first step only.
            float[] mask = [.. Enumerable.Range(0, 361).Select(i => step == 0 || i / 19 % 2 == 0 ? 1f : 0f)];
            (weight * (first * Tensor.From(mask, [19, 19]))).Sum().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            foreach (var (name, tensor) in optimizer.State().Tensors)
                Assert.False(tensor.ToArray<float>().Any(float.IsSubnormal), $"{name} holds a subnormal number after step {step}");
        }

        Assert.Contains(0f, optimizer.State().Tensors.First().Value.ToArray<float>());
        Assert.DoesNotContain(weight.ToArray<float>(), float.IsNaN);
    }
}
