namespace Kappa.Lab.Tests.Tasks.Models;

public sealed class InputTransformTests
{
    [Fact]
    public void Whitened_inputs_have_mean_zero_and_covariance_one()
    {
        var generator = new Philox(1);
        var mixing = Tensor.From([3.0, 0, 0, 2.9, 0.1, 0, 1, 1, 0.01], [3, 3]);
        var inputs = Tensor.Normal([500, 3], generator, type: DataType.Float64).MatMul(mixing) + 4;
        var white = InputTransform.Whitening(inputs).Forward(inputs);
        Assert.All(white.Mean(0).ToArray<double>(), mean => Assert.Equal(0, mean, 1e-9));
        double[] covariance = (white.MatMul(white, transposeA: true) / 500).ToArray<double>();
        for (int i = 0; i < 9; i++)
            Assert.Equal(i % 4 == 0 ? 1 : 0, covariance[i], 1e-7);
    }

    [Fact]
    public void A_direction_that_does_not_vary_stays_finite()
    {
        var inputs = Tensor.From([1f, 5, 2, 5, 4, 5, 9, 5], [4, 2]);
        Assert.All(InputTransform.Whitening(inputs).Forward(inputs).ToArray<float>(), value => Assert.InRange(value, -1e4, 1e4));
    }

    [Fact]
    public void An_input_that_is_not_finite_is_named()
    {
        var error = Assert.Throws<NonFiniteException>(() => InputTransform.Whitening(Tensor.From([1f, 2, 3, float.NaN], [2, 2])));
        Assert.Equal("InputTransform.Whitening: the input of sample 1, feature 1 is NaN; expected finite inputs", error.Message);
    }

    [Fact]
    public void A_transformed_model_keeps_the_values_it_came_with_and_trains_only_them()
    {
        var model = new Sequential(new Linear(2, 3), new Tanh(), new Linear(3, 1)).Initialize(new Philox(5));
        var before = model.Parameters().Select(parameter => parameter.Tensor.ToArray<float>()).ToArray();
        var inputs = Tensor.Normal([20, 2], new Philox(6));
        var transform = InputTransform.Whitening(inputs);
        var wrapped = new TransformedModel(transform, model);
        Assert.Equal(model.Forward(transform.Forward(inputs)).ToArray<float>(), wrapped.Forward(inputs).ToArray<float>());
        Assert.Equal(before, wrapped.Parameters().Select(parameter => parameter.Tensor.ToArray<float>()));
        Assert.Equal(["model.0.weight", "model.0.bias", "model.2.weight", "model.2.bias"], wrapped.Parameters().Select(parameter => parameter.Name));
        Assert.Equal(6, wrapped.StateDict().Count);
    }
}
