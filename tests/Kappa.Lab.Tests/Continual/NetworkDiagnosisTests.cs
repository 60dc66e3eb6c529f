using Kappa.Lab.Continual;
using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Lab.Tests.Continual;

public sealed class NetworkDiagnosisTests
{
    [Fact]
    public void Dead_units_singular_values_and_norms_are_found()
    {
        var model = new Sequential(new Linear(8, 8, initializer: new OrthogonalInitializer(1.5)), new ReLU(), new Linear(8, 8, initializer: new OrthogonalInitializer(0.5)), new ReLU(), new Linear(8, 3, initializer: new OrthogonalInitializer(7)));
        _ = model.Initialize(new Philox(1));
        var bias = ((Linear)model.Children[0].Module).Bias!;
        bias.CopyFromInPlace(Tensor.From([9f, 9f, -9f, 9f, -9f, 9f, 9f, 9f], [8]));
        ((Linear)model.Children[2].Module).Bias!.CopyFromInPlace(Tensor.Full([8], 99));
        var diagnosis = NetworkDiagnosis.Of(model, Tensor.Uniform([20, 8], new Philox(2), -1, 1));
        Assert.Equal(2 / 16.0, diagnosis.Dormant);
        Assert.Equal(0.5, diagnosis.SigmaMin, 1e-4);
        Assert.Equal(1.5, diagnosis.SigmaMax, 1e-4);
        Assert.Equal(Math.Sqrt((8 * 2.25) + (8 * 0.25) + (3 * 49)), diagnosis.WeightNorm, 1e-4);
    }

    [Fact]
    public void Effective_rank_counts_equal_singular_values_and_less_where_they_differ()
    {
        Assert.Equal(5, NetworkDiagnosis.EffectiveRankOf([2, 2, 2, 2, 2, 0]), 1e-12);
        Assert.Equal(1, NetworkDiagnosis.EffectiveRankOf([3, 0]), 1e-12);
        Assert.Equal(0, NetworkDiagnosis.EffectiveRankOf([0, 0]));
        // Shares 0.8 and 0.2 by hand.
        Assert.Equal(Math.Exp(-(0.8 * Math.Log(0.8)) - (0.2 * Math.Log(0.2))), NetworkDiagnosis.EffectiveRankOf([2, 1]), 1e-12);
    }

    [Fact]
    public void Singular_values_equal_those_of_a_product_with_known_ones()
    {
        var left = Tensor.Zeros([6, 4]);
        new OrthogonalInitializer().Fill(left, new Philox(1));
        var right = Tensor.Zeros([4, 9]);
        new OrthogonalInitializer().Fill(right, new Philox(2));
        var product = (left * Tensor.From([4f, 3f, 2f, 1f], [1, 4])).MatMul(right);
        double[] values = NetworkDiagnosis.SingularValues(product.ToArray<float>(), 6);
        double[] expected = [4, 3, 2, 1, 0, 0];
        for (int i = 0; i < 6; i++)
            Assert.Equal(expected[i], values[i], i < 4 ? 1e-5 : 2e-3);
    }
}
