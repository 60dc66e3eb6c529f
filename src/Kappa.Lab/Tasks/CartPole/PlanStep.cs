namespace Kappa.Lab.Tasks.CartPole;

/// <summary>The quadratic model of the cost to come, which goes backwards through a plan: value'(x) = v x + 1/2 x V x around the plan's state.</summary>
internal sealed class PlanStep
{
    internal const int States = 4;

    private const double Perturbation = 1e-5;

    // v [4], V [4, 4], the linearised step A [4, 4] and B [4], V A [4, 4].
    private readonly double[] _slope = new double[States];
    private readonly double[] _value = new double[States * States];
    private readonly double[] _a = new double[States * States];
    private readonly double[] _b = new double[States];
    private readonly double[] _product = new double[States * States];

    internal PlanStep(CartPoleState last) => SwingUpCost.AddLast(last, _slope, _value);

    /// <summary>Goes one step back.</summary>
    /// <param name="state">The plan's state there.</param>
    /// <param name="action">The plan's action.</param>
    /// <param name="damping">Added to the curvature by the action.</param>
    /// <param name="gains">Takes how the action's change depends on the state's, [4].</param>
    /// <returns>The action's change where the state is the plan's.</returns>
    internal double Precede(CartPoleState state, double action, double damping, Span<double> gains)
    {
        Linearize(state, action);
        double curvature = SwingUpCost.Action + damping, slope = SwingUpCost.Action * action;
        Span<double> mixed = stackalloc double[States], vb = stackalloc double[States];
        for (int i = 0; i < States; i++)
        {
            vb[i] = Row(_value, i, _b);
            slope += _b[i] * _slope[i];
        }
        for (int i = 0; i < States; i++)
        {
            curvature += _b[i] * vb[i];
            mixed[i] = 0;
            for (int k = 0; k < States; k++)
                mixed[i] += vb[k] * _a[(k * States) + i];
        }
        double wanted = action - (slope / curvature), offset = Math.Clamp(wanted, -1, 1) - action;
        for (int i = 0; i < States; i++)
            gains[i] = Math.Abs(wanted) >= 1 ? 0 : -mixed[i] / curvature;
        Advance(state, gains, mixed, offset, slope, curvature);
        return offset;
    }

    /// <summary>Gains times the difference of two states.</summary>
    internal static double Product(ReadOnlySpan<double> gains, CartPoleState state, CartPoleState planned) =>
        (gains[0] * (state.Place - planned.Place)) + (gains[1] * (state.Angle - planned.Angle)) + (gains[2] * (state.Speed - planned.Speed))
        + (gains[3] * (state.Rotation - planned.Rotation));

    private void Advance(CartPoleState state, ReadOnlySpan<double> gains, ReadOnlySpan<double> mixed, double offset, double slope, double curvature)
    {
        Span<double> slopes = stackalloc double[States], values = stackalloc double[States * States];
        for (int i = 0; i < States; i++)
        {
            for (int j = 0; j < States; j++)
            {
                double sum = 0;
                for (int k = 0; k < States; k++)
                    sum += _value[(i * States) + k] * _a[(k * States) + j];
                _product[(i * States) + j] = sum;
            }
        }
        for (int i = 0; i < States; i++)
        {
            double sum = 0;
            for (int k = 0; k < States; k++)
                sum += _a[(k * States) + i] * _slope[k];
            slopes[i] = sum + (gains[i] * ((curvature * offset) + slope)) + (mixed[i] * offset);
            for (int j = 0; j < States; j++)
            {
                sum = 0;
                for (int k = 0; k < States; k++)
                    sum += _a[(k * States) + i] * _product[(k * States) + j];
                values[(i * States) + j] = sum + (gains[i] * curvature * gains[j]) + (gains[i] * mixed[j]) + (mixed[i] * gains[j]);
            }
        }
        slopes.CopyTo(_slope);
        values.CopyTo(_value);
        SwingUpCost.Add(state, _slope, _value);
    }

    /// <summary>A and B by central differences.</summary>
    private void Linearize(CartPoleState state, double action)
    {
        for (int column = 0; column <= States; column++)
        {
            var (shift, push) = column switch
            {
                0 => (new CartPoleState(Perturbation, 0, 0, 0), 0.0),
                1 => (new CartPoleState(0, Perturbation, 0, 0), 0.0),
                2 => (new CartPoleState(0, 0, Perturbation, 0), 0.0),
                3 => (new CartPoleState(0, 0, 0, Perturbation), 0.0),
                _ => (default, Perturbation),
            };
            var above = CartPoleModel.Next(state + shift, action + push);
            var below = CartPoleModel.Next(state + (-1 * shift), action - push);
            var slope = (0.5 / Perturbation) * (above + (-1 * below));
            if (column == States)
                (_b[0], _b[1], _b[2], _b[3]) = (slope.Place, slope.Angle, slope.Speed, slope.Rotation);
            else
                (_a[column], _a[States + column], _a[(2 * States) + column], _a[(3 * States) + column]) =
                    (slope.Place, slope.Angle, slope.Speed, slope.Rotation);
        }
    }

    private static double Row(double[] matrix, int row, double[] vector)
    {
        double sum = 0;
        for (int k = 0; k < States; k++)
            sum += matrix[(row * States) + k] * vector[k];
        return sum;
    }
}
