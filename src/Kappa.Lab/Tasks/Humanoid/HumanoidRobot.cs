namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The humanoid model and the indices of the parts that the tasks speak of.</summary>
internal sealed class HumanoidRobot
{
    private static readonly string[] BalanceJointNames =
    [
        "abdomen_x", "abdomen_y", "right_hip_x", "left_hip_x", "right_hip_y", "left_hip_y", "right_knee", "left_knee",
        "right_ankle_x", "left_ankle_x", "right_ankle_y", "left_ankle_y",
    ];

    private HumanoidRobot(MujocoModel model)
    {
        Model = model;
        Torso = model.IndexOf(MujocoObject.Body, "torso");
        Feet = [model.IndexOf(MujocoObject.Body, "right_foot"), model.IndexOf(MujocoObject.Body, "left_foot")];
        HipPositions = PositionsOf("right_hip_y", "left_hip_y");
        KneePositions = PositionsOf("right_knee", "left_knee");
        AnklePositions = PositionsOf("right_ankle_y", "left_ankle_y");
        BalanceVelocities = [.. BalanceJointNames.Select(n => model.JointVelocityAddress[model.IndexOf(MujocoObject.Joint, n)])];
    }

    /// <summary>Size of the root's velocity: 3 translations (world), 3 rotations (body).</summary>
    public const int RootVelocities = 6;

    /// <summary>Size of the root's position: 3 coordinates and a unit quaternion.</summary>
    public const int RootPositions = 7;

    public MujocoModel Model { get; }

    public int Torso { get; }

    public int[] Feet { get; }

    public int[] HipPositions { get; }

    public int[] KneePositions { get; }

    public int[] AnklePositions { get; }

    public int[] BalanceVelocities { get; }

    public static HumanoidRobot Load(string file)
    {
        var model = MujocoModel.FromXmlFile(file);
        var sizes = (model.PositionSize, model.VelocitySize, model.ControlSize, model.ActivationSize);
        if (sizes != (28, 27, 21, 0))
        {
            model.Dispose();
            throw new MujocoException(
                $"'{file}' has (nq, nv, nu, na) = {sizes}, expected (28, 27, 21, 0): the humanoid.xml of MuJoCo 2.2.2.");
        }
        return new HumanoidRobot(model);
    }

    private int[] PositionsOf(params string[] joints) =>
        [.. joints.Select(n => Model.JointPositionAddress[Model.IndexOf(MujocoObject.Joint, n)])];
}
