namespace Kappa.Lab.Tasks.CartPole;

/// <summary>The expert: a model-predictive controller that in every step improves its plan for the next two seconds, and takes the plan's first action. One
/// rollout has one planner, since the plan of a step begins with that of the step before.</summary>
/// <remarks>Iterative linear-quadratic regulation with bounds on the action (Tassa, Mansard and Todorov, 2014, Control-Limited Differential Dynamic
/// Programming), which for a single action are a clamp, with Gauss-Newton curvature of the cost and linearised dynamics.</remarks>
internal sealed class SwingUpPlanner
{
    /// <summary>Steps of a plan.</summary>
    private const int Horizon = 100;

    private const int FirstIterations = 60;
    private const int Iterations = 3;
    private const int Halvings = 8;
    private const double LeastDamping = 1e-6;
    private const double MostDamping = 1e6;

    private readonly double[] _offsets = new double[Horizon];
    private readonly double[] _gains = new double[Horizon * PlanStep.States];
    private double[] _actions = new double[Horizon];
    private double[] _triedActions = new double[Horizon];
    private CartPoleState[] _states = new CartPoleState[Horizon + 1];
    private CartPoleState[] _triedStates = new CartPoleState[Horizon + 1];
    private double _damping = LeastDamping;
    private bool _hasPlan;

    /// <summary>The action in a state, [-1, 1].</summary>
    internal double Act(CartPoleState state)
    {
        double cost = Begin(state);
        int iterations = _hasPlan ? Iterations : FirstIterations;
        for (int i = 0; i < iterations && _damping < MostDamping; i++)
        {
            PlanBackwards();
            cost = Improve(cost);
        }
        _damping = Math.Min(_damping, 1);
        _hasPlan = true;
        return _actions[0];
    }

    /// <summary>The plan to begin with from a state: the one before, a step later, or what swings the pole ever higher where there is none.</summary>
    /// <remarks>The plan before comes with its feedback: played as it is, it would fall from any disturbance in the time of a plan.</remarks>
    /// <returns>Its cost.</returns>
    private double Begin(CartPoleState state)
    {
        double cost = 0;
        _triedStates[0] = state;
        for (int i = 0; i < Horizon; i++)
        {
            var now = _triedStates[i];
            // The last step has no successor in the plan before.
            int before = i + 1;
            _triedActions[i] = !_hasPlan ? EnergyPump.Act(now)
                : before == Horizon ? 0
                : Math.Clamp(_actions[before] + PlanStep.Product(_gains.AsSpan(before * PlanStep.States, PlanStep.States), now, _states[before]), -1, 1);
            cost += SwingUpCost.Of(now, _triedActions[i]);
            _triedStates[before] = CartPoleModel.Next(now, _triedActions[i]);
        }
        Exchange();
        return cost + SwingUpCost.OfLast(_states[^1]);
    }

    private void Exchange() => (_actions, _triedActions, _states, _triedStates) = (_triedActions, _actions, _triedStates, _states);

    /// <summary>Finds what to change of each action, and how that depends on the state, by the quadratic model of the cost to come.</summary>
    private void PlanBackwards()
    {
        var step = new PlanStep(_states[^1]);
        for (int i = Horizon - 1; i >= 0; i--)
            _offsets[i] = step.Precede(_states[i], _actions[i], _damping, _gains.AsSpan(i * PlanStep.States, PlanStep.States));
    }

    /// <summary>Takes the largest of some shares of the change that lowers the cost.</summary>
    private double Improve(double cost)
    {
        double share = 1;
        for (int i = 0; i < Halvings; i++, share /= 2)
        {
            double tried = Try(share, cost);
            if (tried < cost)
            {
                Exchange();
                _damping = Math.Max(LeastDamping, _damping / 5);
                return tried;
            }
        }
        _damping *= 10;
        return cost;
    }

    private double Try(double share, double limit)
    {
        double cost = 0;
        _triedStates[0] = _states[0];
        for (int i = 0; i < Horizon && cost < limit; i++)
        {
            var state = _triedStates[i];
            double feedback = PlanStep.Product(_gains.AsSpan(i * PlanStep.States, PlanStep.States), state, _states[i]);
            _triedActions[i] = Math.Clamp(_actions[i] + (share * _offsets[i]) + feedback, -1, 1);
            cost += SwingUpCost.Of(state, _triedActions[i]);
            _triedStates[i + 1] = CartPoleModel.Next(state, _triedActions[i]);
        }
        return cost < limit ? cost + SwingUpCost.OfLast(_triedStates[^1]) : cost;
    }
}
