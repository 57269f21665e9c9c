"""Tiers with their history, rate changes that can be withdrawn, saved rankings, decisions about customers; targets with stretch and phasing, alerts."""
import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tier_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('user_name', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('undone_by', sa.String(length=200), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tier_run'))
    )
    op.create_table('tier_assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.String(length=300), nullable=False),
    sa.Column('tier', sa.String(length=100), nullable=True),
    sa.Column('tier_before', sa.String(length=100), nullable=True),
    sa.Column('why', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['tier_run.id'], name=op.f('fk_tier_assignment_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tier_assignment'))
    )
    for column in ('run_id', 'customer_key'):
        op.create_index(op.f(f'ix_tier_assignment_{column}'), 'tier_assignment', [column])
    op.create_table('target_alert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('measure', sa.String(length=60), nullable=False),
    sa.Column('dimension', sa.String(length=60), nullable=False),
    sa.Column('member', sa.String(length=300), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('user_name', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target_alert'))
    )
    _add('target_version', stretch=sa.Numeric(20, 4), direction=sa.String(length=4), phasing=sa.Text())
    _add('cost_rate_edit', why=sa.String(length=500), withdrawn_at=sa.DateTime(), withdrawn_by=sa.String(length=200))
    _add('tier', changed_at=sa.DateTime(), deleted_at=sa.DateTime())
    _add('task', owner_name=sa.String(length=200))
    _add('decision', customer_key=sa.String(length=300))
    _add('ranking', changed_at=sa.DateTime(), deleted_at=sa.DateTime(), live_name=sa.String(length=240))
    op.create_index(op.f('ix_decision_customer_key'), 'decision', ['customer_key'])
    with op.batch_alter_table('ranking', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_ranking_live_name'), ['live_name'])
    # A customer's id is that of one snapshot only: what was opened last is forgotten, once.
    op.drop_table('recent_customer')
    op.create_table('recent_customer', *_recent(sa.Column('customer_key', sa.String(length=300), nullable=False)))
    op.create_index(op.f('ix_recent_customer_user_id'), 'recent_customer', ['user_id'])


def downgrade() -> None:
    op.drop_table('recent_customer')
    op.create_table('recent_customer', *_recent(sa.Column('customer_id', sa.Integer(), nullable=False)))
    op.create_index(op.f('ix_recent_customer_user_id'), 'recent_customer', ['user_id'])
    with op.batch_alter_table('ranking', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_ranking_live_name'), type_='unique')
    op.drop_index(op.f('ix_decision_customer_key'), table_name='decision')
    for table, names in (('ranking', ('live_name', 'deleted_at', 'changed_at')), ('decision', ('customer_key',)), ('task', ('owner_name',)),
                         ('tier', ('deleted_at', 'changed_at')), ('cost_rate_edit', ('withdrawn_by', 'withdrawn_at', 'why')), ('target_version', ('phasing', 'direction', 'stretch'))):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.drop_column(name)
    op.drop_table('target_alert')
    op.drop_table('tier_assignment')
    op.drop_table('tier_run')


def _add(table: str, **columns: sa.types.TypeEngine) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for name, kind in columns.items():
            batch_op.add_column(sa.Column(name, kind, nullable=True))


def _recent(whom: sa.Column) -> tuple:
    return (
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('user_id', sa.Integer(), nullable=False), whom,
        sa.Column('opened_at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_recent_customer_user_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recent_customer')), sa.UniqueConstraint('user_id', whom.name, name='uq_recent_customer'))
