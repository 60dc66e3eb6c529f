using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

public sealed class NonFiniteTests
{
    [Fact]
    public void A_NaN_in_the_data_is_found()
    {
        var model = Model();
        var x = Tensor.Ones([4, 3]);
        x.Values<float>()[7] = float.NaN;
        Expect("the loss is NaN: the data [4, 3], input 0 of Linear+Relu, holds NaN at index [2, 1]",
            Loss.MeanSquaredError(model.Forward(x), Tensor.Ones([4, 2])));
    }

    [Fact]
    public void An_infinity_in_the_target_is_found()
    {
        var target = Tensor.Ones([4, 2]);
        target.Values<float>()[5] = float.NegativeInfinity;
        Expect("the loss is Infinity: the data [4, 2], input 1 of MeanSquaredError, holds -Infinity at index [2, 1]",
            Loss.MeanSquaredError(Model().Forward(Tensor.Ones([4, 3])), target));
    }

    [Fact]
    public void A_NaN_in_a_weight_is_found_by_its_path()
    {
        var model = Model();
        model.Parameters()[2].Tensor.Values<float>()[6] = float.NaN;
        Expect("the loss is NaN: the parameter 2.weight [2, 5], input 1 of Linear, holds NaN at index [1, 1]",
            Loss.MeanSquaredError(model.Forward(Tensor.Ones([4, 3])), Tensor.Ones([4, 2])));
    }

    [Fact]
    public void An_unnamed_parameter_says_so()
    {
        var x = Parameter(1, double.PositiveInfinity);
        Expect("the loss is Infinity: the parameter (unnamed) [2], input 0 of Sum, holds Infinity at index [1]", x.Sum());
    }

    [Fact]
    public void An_overflow_names_the_operation_it_arose_in()
    {
        var x = Parameter(1, 2, 800);
        Expect("the loss is Infinity: Exp made Infinity at index [2] of its result [3] from finite inputs. Lower the learning rate, or check the scale of the "
            + "data and the weights", (x.Exp() * 2).Mean());
    }

    [Fact]
    public void The_logarithm_of_a_negative_number_is_named()
    {
        var x = Parameter(1, -2, 3);
        Expect("the loss is NaN: Log made NaN at index [1] of its result [3] from finite inputs. Lower the learning rate, or check the scale of the data and "
            + "the weights", x.Log().Square().Sum());
    }

    [Fact]
    public void A_division_by_zero_is_named()
    {
        var x = Parameter(1, 0);
        Expect("the loss is NaN: Divide made NaN at index [1] of its result [2] from finite inputs. Lower the learning rate, or check the scale of the data "
            + "and the weights", (x / x).Sum());
    }

    [Fact]
    public void A_loss_that_is_itself_a_parameter_is_named()
    {
        var x = Tensor.Scalar(double.NaN);
        x.RequiresGradient = true;
        x.Name = "temperature";
        Expect("temperature [] holds NaN at index []", x);
    }

    [Fact]
    public void Inputs_that_were_given_back_are_not_called_finite()
    {
        var x = Parameter(1, -1);
        var y = x * 1;
        var loss = y.Log().Sum();
        y.Dispose();
        Expect("the loss is NaN: Log made NaN at index [1] of its result [2] from inputs of which some were given back and the others are finite. Lower the "
            + "learning rate, or check the scale of the data and the weights", loss);
    }

    [Fact]
    public void Nothing_is_added_to_gradients_when_the_loss_is_not_finite()
    {
        var x = Parameter(-1);
        _ = Assert.Throws<NonFiniteException>(x.Log().Backward);
        Assert.Null(x.Gradient);
    }

    private static Sequential Model() => new(new Linear(3, 5), new ReLU(), new Linear(5, 2));

    private static Tensor Parameter(params double[] values)
    {
        var tensor = Tensor.From(values);
        tensor.RequiresGradient = true;
        return tensor;
    }

    private static void Expect(string message, Tensor loss) => Assert.Equal(message, Assert.Throws<NonFiniteException>(loss.Backward).Message);
}
