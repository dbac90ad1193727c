"""Labels: what the events of a live matter, its roles and what is done to its clocks are called, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.values import Label

__all__ = ["CLOCK_ACTS", "HAPPENED_LIVE", "ROLES"]

HAPPENED_LIVE: Mapping[str, Label] = MappingProxyType(
    {
        "received": Label(zh="受理", en="taken in"),
        "redirected": Label(zh="引导至其他渠道", en="redirected"),
        "answered_at_once": Label(zh="当场答复", en="answered at once"),
        "topic_opened": Label(zh="立项", en="opened as a topic"),
        "assigned": Label(zh="交办", en="given to"),
        "judged": Label(zh="分析研判", en="judged"),
        "passed_up": Label(zh="上报", en="passed up"),
        "sent_down": Label(zh="下交", en="sent down"),
        "call_approved": Label(zh="批准呼叫", en="call approved"),
        "called_out": Label(zh="呼叫", en="called out"),
        "summoned": Label(zh="派单至", en="sent to"),
        "nobody_leads": Label(zh="主体责任不明，待裁定", en="nobody is known to lead, a ruling is due"),
        "relieved": Label(zh="解除承办", en="relieved"),
        "next_on_duty": Label(zh="转下一名值班人员", en="the next on duty must act"),
        "sent_back": Label(zh="退回补充信息", en="sent back for missing facts"),
        "supplied": Label(zh="补充信息", en="missing facts supplied"),
        "signed_in": Label(zh="签收", en="signed in"),
        "contacted": Label(zh="联系诉求人", en="reporter contacted"),
        "arrived": Label(zh="到场", en="on the spot"),
        "reported_back": Label(zh="首报", en="first report"),
        "met": Label(zh="与诉求人见面", en="reporter met"),
        "meeting_declined": Label(zh="不需见面", en="no meeting to hold"),
        "return_asked": Label(zh="申请退单", en="return asked"),
        "return_granted": Label(zh="同意退单", en="return granted"),
        "return_refused": Label(zh="不同意退单", en="return refused"),
        "disputed": Label(zh="责任争议", en="who leads is disputed"),
        "ruled": Label(zh="裁定", en="ruled"),
        "extension_asked": Label(zh="申请延期", en="extension asked"),
        "extension_granted": Label(zh="同意延期", en="extension granted"),
        "extension_refused": Label(zh="不同意延期", en="extension refused"),
        "suspended": Label(zh="暂缓办理（挂账）", en="suspended"),
        "resumed": Label(zh="恢复办理", en="resumed"),
        "term_told": Label(zh="告知法定程序期限", en="the law's own term was told"),
        "completed": Label(zh="办理完成", en="completed"),
        "declared_done": Label(zh="待回访", en="declared done, to be called back"),
        "reviewed": Label(zh="平台审核", en="reviewed"),
        "called_back": Label(zh="回访", en="called back"),
        "handed_back": Label(zh="重办", en="second handling"),
        "closed": Label(zh="办结", en="closed"),
        "reopening_asked": Label(zh="申请重新办理", en="asked to open it again"),
        "reopening_refused": Label(zh="不重新办理", en="stays closed"),
        "reopened": Label(zh="重新办理", en="opened again"),
        "explanation_proposed": Label(zh="拟解释说明", en="an explanation is proposed"),
        "explanation_refused": Label(zh="不同意以解释结案", en="the explanation is not accepted"),
        "explained": Label(zh="已解释，不再重复办理", en="explained, not handled again"),
        "transferred": Label(zh="移送", en="transferred"),
        "merged_into": Label(zh="并入", en="merged into"),
        "joined": Label(zh="并案", en="joined by"),
        "split": Label(zh="拆分", en="split"),
        "part_ended": Label(zh="分项办结", en="a part has ended"),
        "withdrawn": Label(zh="撤回", en="withdrawn"),
        "reminded": Label(zh="催办", en="reminded"),
        "supervised": Label(zh="督办", en="supervised"),
        "supervision_lifted": Label(zh="解除督办", en="supervision lifted"),
        "reason_given": Label(zh="补充书面理由", en="written reason filed"),
        "reclassified": Label(zh="更正事项信息", en="corrected"),
        "admitted": Label(zh="清单外事项准入", en="off-list task admitted"),
        "rebased": Label(zh="改用现行规则", en="put under the present rules"),
        "fell_due": Label(zh="到期", en="fell due"),
        "assessed": Label(zh="一事一考", en="assessed"),
        "assessment_amended": Label(zh="更正考核", en="assessment amended"),
    }
)
"""What each event of a live matter is called, by its type."""

ROLES: Mapping[str, Label] = MappingProxyType(
    {
        "handle": Label(zh="办理", en="handles"),
        "lead": Label(zh="主体责任", en="leads"),
        "joint": Label(zh="共同主体责任", en="leads jointly"),
        "either": Label(zh="择一主体责任", en="leads, one of several"),
        "support": Label(zh="配合责任", en="supports"),
        "answer": Label(zh="属地答复", en="answers for the matter"),
    }
)
"""What each role of an assignment is called."""

CLOCK_ACTS: Mapping[str, Label] = MappingProxyType(
    {
        "start": Label(zh="开始计时", en="starts"),
        "pause": Label(zh="暂停计时", en="pauses"),
        "resume": Label(zh="恢复计时", en="goes on"),
        "stop": Label(zh="停止计时", en="stops"),
        "reset": Label(zh="重新计时", en="starts anew"),
        "limit": Label(zh="时限变更", en="has a new limit"),
        "stated": Label(zh="另定期限", en="has a stated term"),
    }
)
"""What is done to a clock, by the words that events use."""
